-- A new range.
insert into arrival (origin_no, first, last) values ($1, $2, $3)
