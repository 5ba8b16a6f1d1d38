-- An act at the next position; one that is kept already changes nothing.
insert into act (position, act, received, bytes)
values ((select coalesce(max(position) + 1, 0) from act), $1, $2, $3)
on conflict do nothing
