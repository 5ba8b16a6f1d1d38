-- A parent of a dispatch, at its place in the list.
insert into parent (dispatch_no, place, parent_no) values ($1, $2, $3)
