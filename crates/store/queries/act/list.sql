-- Acts from a position on.
select act, received, bytes from act where position >= $1 order by position
