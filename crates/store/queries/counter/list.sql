-- All counters.
select name, value from counter order by name
