-- Drops a range that was joined to the one before.
delete from arrival where origin_no = $1 and first = $2
