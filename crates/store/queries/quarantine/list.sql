-- Newest first.
select n.name, q.received, q.reason, q.bytes
from quarantine q
left join name n on n.name_no = q.peer_no
order by q.quarantine_no desc
limit $1
