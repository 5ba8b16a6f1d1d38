-- A new attachment; one that is kept already changes nothing.
insert into attachment (attachment, dispatch_no, size, have, state, source_no, custody, since)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing
