-- The first receipt of a node with a verdict stays.
insert into receipt (dispatch_no, node_no, verdict_no, at, bytes) values ($1, $2, $3, $4, $5)
on conflict do nothing
