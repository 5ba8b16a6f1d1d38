-- Moves the end of a range.
update arrival set last = $1 where origin_no = $2 and first = $3
