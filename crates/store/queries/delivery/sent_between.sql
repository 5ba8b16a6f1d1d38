-- Dispatches sent to a node with a number between two bounds, if an office there has taken them (delivered,
-- opened, accepted, acted, answered) and they have not expired.
select g.digest, o.name, s.seq, d.lane, d.size, d.expires
from sent s
join dispatch d on d.dispatch_no = s.dispatch_no
join digest g on g.digest_no = s.dispatch_no
join name o on o.name_no = d.origin_no
where s.node_no = $1 and s.seq between $2 and $3 and d.expires > $4
  and exists (
    select 1
    from delivery v
    where v.dispatch_no = s.dispatch_no and v.node_no = $1 and v.state between 3 and 7
  )
order by s.seq
