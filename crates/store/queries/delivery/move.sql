-- Moves a delivery that stands in one of the states whose bits are set in $6.
update delivery set state = $1, since = $2, detail = $3
where dispatch_no = $4 and office_no = $5 and (($6 >> state) & 1) = 1
