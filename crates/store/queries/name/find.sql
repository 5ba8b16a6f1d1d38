-- The number of a text.
select name_no from name where name = $1
