-- Bytes held from a node.
select t.bytes
from custody_total t
join name n on n.name_no = t.from_no
where n.name = $1
