-- Dispatches whose bytes are kept, after a number.
select d.dispatch_no, g.digest, d.size
from dispatch d
join digest g on g.digest_no = d.dispatch_no
where d.dispatch_no > $1 and d.kept = 1
order by d.dispatch_no
limit 256
