-- Keeps a 32-byte id; one that is kept already changes nothing.
insert into digest (digest) values ($1) on conflict do nothing
