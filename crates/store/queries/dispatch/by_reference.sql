-- The dispatches with a human reference, oldest first.
select g.digest
from dispatch d
join digest g on g.digest_no = d.dispatch_no
where d.reference = $1
order by d.dispatch_no
