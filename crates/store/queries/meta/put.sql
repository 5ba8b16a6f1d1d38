-- Sets a value about the store itself.
insert into meta (name, value) values ($1, $2)
on conflict (name) do update set value = excluded.value
