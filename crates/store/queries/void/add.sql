-- A number that will never be used.
insert into void (node_no, seq) values ($1, $2) on conflict do nothing
