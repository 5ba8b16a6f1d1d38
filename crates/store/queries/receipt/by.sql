-- What a signer said of a dispatch, latest first.
select n.name, v.name, r.at, r.bytes
from digest g
join name n on n.name = $1
join receipt r on r.dispatch_no = g.digest_no and r.node_no = n.name_no
join name v on v.name_no = r.verdict_no
where g.digest = $2
order by r.at desc, v.name
