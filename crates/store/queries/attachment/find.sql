-- One attachment.
select a.attachment, g.digest, a.size, a.have, a.state, n.name, a.custody, a.since
from attachment a
join digest g on g.digest_no = a.dispatch_no
join name n on n.name_no = a.source_no
where a.attachment = $1
