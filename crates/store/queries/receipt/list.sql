-- All receipts for a dispatch.
select n.name, v.name, r.at, r.bytes
from digest g
join receipt r on r.dispatch_no = g.digest_no
join name n on n.name_no = r.node_no
join name v on v.name_no = r.verdict_no
where g.digest = $1
order by r.at, n.name, v.name
