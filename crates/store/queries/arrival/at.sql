-- The end of the range that starts at a number.
select last from arrival where origin_no = $1 and first = $2
