-- Drops the pieces of one dispatch.
delete from piece where piece_no between $1 and $2
