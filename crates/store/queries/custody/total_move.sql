-- Moves the sum of bytes held from a node.
insert into custody_total (from_no, bytes) values ($1, $2)
on conflict (from_no) do update set bytes = custody_total.bytes + excluded.bytes
