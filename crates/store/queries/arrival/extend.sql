-- Moves the end of a range.
update arrival set last = $3 where origin_no = $1 and first = $2
