-- One dispatch without its bytes.
select
  g.digest, d.direction, o.name, d.seq, d.lane, d.expires, d.stored, d.size,
  d.kind, d.reference, a.name, d.case_ref, d.created, d.reply_by, d.exercise,
  d.content_key, d.kept, d.dispatch_no
from dispatch d
join digest g on g.digest_no = d.dispatch_no
join name o on o.name_no = d.origin_no
left join name a on a.name_no = d.author_no
where g.digest = $1
