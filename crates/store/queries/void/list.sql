-- The numbers of a node's sequence that will never be used.
select v.seq
from void v
join name n on n.name_no = v.node_no
where n.name = $1
order by v.seq
