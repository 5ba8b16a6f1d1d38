-- Ends custody for one node.
update custody set ended = $3, forwarded = $4
where dispatch_no = $1 and node_no = $2 and ended is null
