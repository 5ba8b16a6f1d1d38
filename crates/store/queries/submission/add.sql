-- Keeps a submission token.
insert into submission (token, dispatch_no) values ($1, $2)
