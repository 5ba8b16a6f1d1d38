-- Takes away what was left of a dispatch whose bytes are gone, because it comes again.
delete from dispatch where dispatch_no = $1 and kept = 0
