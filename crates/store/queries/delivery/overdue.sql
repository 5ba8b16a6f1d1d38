-- Deliveries that wait (queued, relayed, held) although their dispatch has expired.
select g.digest, o.name, n.name, d.seq, d.state, d.since, d.detail
from delivery d indexed by delivery_waiting
join digest g on g.digest_no = d.dispatch_no
join name o on o.name_no = d.office_no
join name n on n.name_no = d.node_no
where d.state < 3 and d.expires <= $1
limit $2
