-- Says whether a dispatch that was stored still has its bytes.
select kept from dispatch where dispatch_no = $1
