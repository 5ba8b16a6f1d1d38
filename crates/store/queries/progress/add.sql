-- A step, kept once.
insert into progress (of_no, office_no, step_no, by_no, at) values ($1, $2, $3, $4, $5)
on conflict do nothing
