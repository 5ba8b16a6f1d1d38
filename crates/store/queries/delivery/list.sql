-- The deliveries of a dispatch.
select g.digest, o.name, n.name, d.seq, d.state, d.since, d.detail
from digest g
join delivery d on d.dispatch_no = g.digest_no
join name o on o.name_no = d.office_no
join name n on n.name_no = d.node_no
where g.digest = $1
order by o.name
