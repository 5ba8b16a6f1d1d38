-- Dispatches whose id lies between two bounds, both included.
select g.digest
from digest g
join dispatch d on d.dispatch_no = g.digest_no
where g.digest between $1 and $2
order by g.digest
limit 16
