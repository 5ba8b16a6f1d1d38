-- Dispatches of a case stored before an instant, newest first.
select
  g.digest, d.direction, o.name, d.seq, d.lane, d.expires, d.stored, d.size,
  d.kind, d.reference, a.name, d.case_ref, d.created, d.reply_by, d.exercise,
  d.content_key, d.kept, d.dispatch_no
from dispatch d
join digest g on g.digest_no = d.dispatch_no
join name o on o.name_no = d.origin_no
left join name a on a.name_no = d.author_no
where d.case_ref = $1 and d.stored < $2
  and ($3 is null or d.direction = $3) and ($4 is null or d.kind = $4)
order by d.stored desc, d.dispatch_no desc
limit $5
