-- Says whether somebody still waits for a dispatch.
select 1 from custody where dispatch_no = $1 and ended is null limit 1
