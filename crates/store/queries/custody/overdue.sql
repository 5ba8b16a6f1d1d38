-- Custody that has run out, longest first.
select g.digest, n.name, c.seq, f.name, c.since, c.expires, c.size
from custody c
join digest g on g.digest_no = c.dispatch_no
join name n on n.name_no = c.node_no
join name f on f.name_no = c.from_no
where c.ended is null and c.expires <= $1
order by c.expires
limit $2
