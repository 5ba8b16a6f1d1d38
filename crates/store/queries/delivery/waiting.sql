-- How many dispatches wait for each node.
select n.name, count(*)
from (
  select node_no
  from delivery
  where state < 3 and state < 2
  group by node_no, lane, dispatch_no
  union all
  select node_no from custody where ended is null
) w
join name n on n.name_no = w.node_no
group by n.name
order by n.name
