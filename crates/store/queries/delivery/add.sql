-- A delivery; one that is kept already changes nothing.
insert into delivery (dispatch_no, office_no, node_no, seq, lane, expires, state, since, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict do nothing
