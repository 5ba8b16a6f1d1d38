-- Moves a delivery that stands in one of the states whose bits are set in $3.
update delivery set state = $4, since = $5, detail = $6
where dispatch_no = $1 and office_no = $2 and (($3 >> state) & 1) = 1
