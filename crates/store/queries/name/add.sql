-- Keeps a text that is new.
insert into name (name) values ($1)
