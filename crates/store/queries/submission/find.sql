-- The dispatch of a submission token.
select g.digest
from submission s
join digest g on g.digest_no = s.dispatch_no
where s.token = $1
