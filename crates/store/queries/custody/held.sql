-- From whom a custody that is held came, and its size.
select from_no, size from custody where dispatch_no = $1 and node_no = $2 and ended is null
