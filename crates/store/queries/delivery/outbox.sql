-- What waits for a node, one row for each dispatch: by lane, then oldest first.
select g.digest, o.name, w.seq, w.lane, d.size, d.expires, w.relayed, w.custody
from (
  select dispatch_no, lane, max(seq) as seq, min(state) = 1 as relayed, 0 as custody
  from delivery
  where node_no = $1 and state < 3 and state < 2
  group by lane, dispatch_no
  union all
  select dispatch_no, lane, seq, 0, 1
  from custody
  where node_no = $1 and ended is null
  order by 2, 1
  limit $2
) w
join dispatch d on d.dispatch_no = w.dispatch_no
join digest g on g.digest_no = w.dispatch_no
join name o on o.name_no = d.origin_no
order by w.lane, w.dispatch_no
