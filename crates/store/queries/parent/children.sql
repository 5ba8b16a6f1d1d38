-- The dispatches that name one as a parent, oldest first.
select distinct c.digest, d.stored, d.dispatch_no
from digest g
join parent p on p.parent_no = g.digest_no
join dispatch d on d.dispatch_no = p.dispatch_no
join digest c on c.digest_no = p.dispatch_no
where g.digest = $1
order by d.stored, d.dispatch_no
