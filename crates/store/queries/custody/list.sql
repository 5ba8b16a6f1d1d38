-- The custody of a dispatch that has not ended.
select g.digest, n.name, c.seq, f.name, c.since, c.expires, c.size
from custody c
join digest g on g.digest_no = c.dispatch_no
join name n on n.name_no = c.node_no
join name f on f.name_no = c.from_no
where g.digest = $1 and c.ended is null
order by n.name
