-- What the store holds, in numbers.
select
  (select count(*) from dispatch),
  (select count(*) from delivery),
  (select count(*) from audit),
  (select count(*) from act),
  (select count(*) from quarantine)
