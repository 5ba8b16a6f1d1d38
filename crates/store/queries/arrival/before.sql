-- The range of arrivals that starts at or before a number.
select first, last from arrival where origin_no = $1 and first <= $2 order by first desc limit 1
