-- What could not be taken in.
insert into quarantine (quarantine_no, peer_no, received, reason, bytes, passed)
values ($1, $2, $3, $4, $5, $6)
