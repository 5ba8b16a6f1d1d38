-- All ranges, by origin.
select n.name, a.first, a.last
from arrival a
join name n on n.name_no = a.origin_no
order by n.name, a.first
