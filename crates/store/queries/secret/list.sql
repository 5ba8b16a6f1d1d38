-- The names of all secrets.
select name from secret order by name
