-- Drops the parents of a dispatch that is stored anew.
delete from parent where dispatch_no = $1
