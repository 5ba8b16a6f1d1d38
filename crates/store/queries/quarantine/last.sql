-- The newest: its number and the bytes passed so far.
select quarantine_no, passed from quarantine order by quarantine_no desc limit 1
