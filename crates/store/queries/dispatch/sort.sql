-- What the deliveries and the custody of a dispatch repeat of it.
select lane, expires from dispatch where dispatch_no = $1
