-- An entry at the end of the chain.
insert into audit (position, at, actor_no, action_no, object_no, object, reason, case_ref, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
