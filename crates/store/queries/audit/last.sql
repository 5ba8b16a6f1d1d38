-- The end of the chain.
select position, hash from audit order by position desc limit 1
