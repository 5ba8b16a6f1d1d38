-- The parents of a dispatch, in order.
select g.digest
from parent p
join digest g on g.digest_no = p.parent_no
where p.dispatch_no = $1
order by p.place
