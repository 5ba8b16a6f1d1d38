-- The number of a 32-byte id.
select digest_no from digest where digest = $1
