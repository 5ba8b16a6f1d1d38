-- The oldest: its number, the bytes passed with it, and its own.
select quarantine_no, passed, length(bytes) from quarantine order by quarantine_no limit 1
