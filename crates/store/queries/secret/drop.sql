-- Forgets a secret.
delete from secret where name = $1
