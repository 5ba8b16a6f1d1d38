-- Stores a dispatch without its bytes.
insert into dispatch (
  dispatch_no, direction, origin_no, seq, lane, expires, stored, size,
  kind, reference, author_no, case_ref, created, reply_by, exercise, content_key, kept
) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)
