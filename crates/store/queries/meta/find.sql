-- A value about the store itself.
select value from meta where name = $1
