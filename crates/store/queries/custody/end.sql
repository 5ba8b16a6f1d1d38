-- Ends custody for one node.
update custody set ended = $1, forwarded = $2
where dispatch_no = $3 and node_no = $4 and ended is null
