-- One piece of a dispatch's bytes.
insert into piece (piece_no, bytes) values ($1, $2)
