-- The pieces of one dispatch, in order.
select bytes from piece where piece_no between $1 and $2 order by piece_no
