-- Remembers which dispatch a number of a node's sequence was given to.
insert into sent (node_no, seq, dispatch_no) values ($1, $2, $3) on conflict do nothing
