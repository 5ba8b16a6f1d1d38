-- Sets a secret; the value is encrypted.
insert into secret (name, value) values ($1, $2)
on conflict (name) do update set value = excluded.value
