-- Drops one.
delete from quarantine where quarantine_no = $1
