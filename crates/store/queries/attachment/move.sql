-- How much of an attachment is durable, and its state; since when it is in that state.
update attachment set have = $1, since = case when state = $2 then since else $3 end, state = $2
where attachment = $4
