-- How much of an attachment is durable, and its state; since when it is in that state.
update attachment set have = $2, since = case when state = $3 then since else $4 end, state = $3
where attachment = $1
