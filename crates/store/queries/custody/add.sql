-- Takes custody; one that ended starts again, one that is held changes nothing.
insert into custody (dispatch_no, node_no, seq, from_no, lane, since, expires, size)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (dispatch_no, node_no) do update
set seq = excluded.seq, from_no = excluded.from_no, lane = excluded.lane, since = excluded.since,
  expires = excluded.expires, size = excluded.size, ended = null, forwarded = null
where custody.ended is not null
