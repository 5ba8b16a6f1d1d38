-- A counter never goes back.
insert into counter (name, value) values ($1, $2)
on conflict (name) do update set value = excluded.value where excluded.value > counter.value
