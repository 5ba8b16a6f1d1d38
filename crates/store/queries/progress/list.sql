-- All steps on a dispatch, oldest first.
select o.name, s.name, p.at, b.digest
from digest g
join progress p on p.of_no = g.digest_no
join name o on o.name_no = p.office_no
join name s on s.name_no = p.step_no
join digest b on b.digest_no = p.by_no
where g.digest = $1
order by p.at, p.by_no
