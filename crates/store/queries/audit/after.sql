-- Entries after a position, oldest first.
select a.position, a.at, p.name, c.name, g.digest, a.object, a.reason, a.case_ref, a.hash
from audit a
left join name p on p.name_no = a.actor_no
left join name c on c.name_no = a.action_no
left join digest g on g.digest_no = a.object_no
where a.position > $1
order by a.position
limit $2
