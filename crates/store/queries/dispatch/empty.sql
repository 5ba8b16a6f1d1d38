-- Marks a relayed dispatch as one whose bytes are gone.
update dispatch set kept = 0 where dispatch_no = $1 and direction = 2
