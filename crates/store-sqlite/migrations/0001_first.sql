-- The first schema. Ids of 32 bytes and texts that come back often (nodes, offices, actors, codes) are
-- kept once, in digest and name, and meant by a small number everywhere else: a delivery is 25 bytes.
-- States, kinds and lanes are numbers, listed in store-sqlite/src/code.rs; they are never given anew.
-- Times are microseconds since 1970 in UTC. References are checked by the integrity check, not on writing.

create table meta (
  name text not null constraint meta_key primary key,
  value blob not null
) strict, without rowid;

create table name (
  name_no integer not null constraint name_key primary key,
  name text not null constraint name_once unique
) strict;

-- Every dispatch id, and every audited 32-byte id, that this store ever heard of.
create table digest (
  digest_no integer not null constraint digest_key primary key,
  digest blob not null constraint digest_once unique
) strict;

create table dispatch (
  dispatch_no integer not null constraint dispatch_key primary key
    constraint dispatch_digest references digest,
  -- 0 out, 1 in, 2 relay.
  direction integer not null,
  origin_no integer not null constraint dispatch_origin references name,
  -- In the sequence from the origin to this node; null unless direction is 1.
  seq integer,
  lane integer not null,
  expires integer not null,
  stored integer not null,
  size integer not null,
  -- From here on null where this node cannot read it.
  kind integer,
  reference text,
  author_no integer constraint dispatch_author references name,
  case_ref text,
  created integer,
  reply_by integer,
  exercise integer,
  -- Encrypted under the root key, bound to this cell.
  content_key blob,
  -- 1: the sealed bytes are in piece. 0: custody has ended and they are gone.
  kept integer not null
) strict;

create index dispatch_stored on dispatch (stored);
create index dispatch_reference on dispatch (reference) where reference is not null;
create index dispatch_case on dispatch (case_ref, stored) where case_ref is not null;

-- The sealed bytes, cut so that pages fill up (store-sqlite/src/piece.rs). piece_no is 16 * dispatch_no
-- and the place, from 0.
create table piece (
  piece_no integer not null constraint piece_key primary key,
  bytes blob not null
) strict;

-- What a dispatch answers or continues, in the order of its own list.
create table parent (
  dispatch_no integer not null constraint parent_dispatch references dispatch,
  place integer not null,
  parent_no integer not null constraint parent_digest references digest,
  constraint parent_key primary key (dispatch_no, place)
) strict, without rowid;

create index parent_children on parent (parent_no);

-- Numbers that arrived from an origin, as ranges that neither touch nor overlap.
create table arrival (
  origin_no integer not null constraint arrival_origin references name,
  first integer not null,
  last integer not null,
  constraint arrival_key primary key (origin_no, first)
) strict, without rowid;

create table submission (
  token text not null constraint submission_key primary key,
  dispatch_no integer not null constraint submission_dispatch references digest
) strict, without rowid;

create table delivery (
  dispatch_no integer not null constraint delivery_dispatch references dispatch,
  office_no integer not null constraint delivery_office references name,
  node_no integer not null constraint delivery_node references name,
  seq integer not null,
  -- Of the dispatch, again: what waits is found without a look at it.
  lane integer not null,
  expires integer not null,
  state integer not null,
  since integer not null,
  detail text,
  constraint delivery_key primary key (dispatch_no, office_no)
) strict, without rowid;

-- States 0 queued, 1 relayed, 2 held: small, since only what waits is in it.
create index delivery_waiting on delivery (node_no, lane, dispatch_no, state, seq, expires)
where state < 3;

-- Which number of a node's sequence was given to which dispatch.
create table sent (
  node_no integer not null constraint sent_node references name,
  seq integer not null,
  dispatch_no integer not null constraint sent_dispatch references dispatch,
  constraint sent_key primary key (node_no, seq, dispatch_no)
) strict, without rowid;

-- Numbers that were given and will never be used.
create table void (
  node_no integer not null constraint void_node references name,
  seq integer not null,
  constraint void_key primary key (node_no, seq)
) strict, without rowid;

create table progress (
  of_no integer not null constraint progress_of references digest,
  office_no integer not null constraint progress_office references name,
  step_no integer not null constraint progress_step references name,
  by_no integer not null constraint progress_by references digest,
  at integer not null,
  constraint progress_key primary key (of_no, office_no, step_no, by_no)
) strict, without rowid;

create table receipt (
  dispatch_no integer not null constraint receipt_dispatch references digest,
  node_no integer not null constraint receipt_node references name,
  verdict_no integer not null constraint receipt_verdict references name,
  at integer not null,
  bytes blob not null,
  constraint receipt_key primary key (dispatch_no, node_no, verdict_no)
) strict, without rowid;

create table custody (
  dispatch_no integer not null constraint custody_dispatch references dispatch,
  node_no integer not null constraint custody_node references name,
  seq integer not null,
  from_no integer not null constraint custody_from references name,
  -- Of the dispatch, again.
  lane integer not null,
  since integer not null,
  expires integer not null,
  size integer not null,
  -- Null while it is held.
  ended integer,
  forwarded integer,
  constraint custody_key primary key (dispatch_no, node_no)
) strict, without rowid;

create index custody_waiting on custody (node_no, lane, dispatch_no, seq) where ended is null;
create index custody_expires on custody (expires) where ended is null;

-- Bytes that are held from a node: the sum over its custody that has not ended.
create table custody_total (
  from_no integer not null constraint custody_total_key primary key
    constraint custody_total_from references name,
  bytes integer not null
) strict;

create table attachment (
  attachment blob not null constraint attachment_key primary key,
  dispatch_no integer not null constraint attachment_dispatch references digest,
  size integer not null,
  have integer not null,
  -- 0 wanted, 1 complete, 2 failed.
  state integer not null,
  source_no integer not null constraint attachment_source references name,
  custody integer not null,
  since integer not null
) strict, without rowid;

create index attachment_dispatch on attachment (dispatch_no);
create index attachment_wanted on attachment (since) where state = 0;

-- Positions from 0, in the order in which the acts were applied.
create table act (
  position integer not null constraint act_key primary key,
  act blob not null constraint act_once unique,
  received integer not null,
  bytes blob not null
) strict;

-- Positions from 1 without gaps. object_no where the object is a 32-byte id, else object.
create table audit (
  position integer not null constraint audit_key primary key,
  at integer not null,
  actor_no integer not null constraint audit_actor references name,
  action_no integer not null constraint audit_action references name,
  object_no integer constraint audit_digest references digest,
  object text,
  reason text,
  case_ref text,
  -- SHA-256 over the hash before and this row.
  hash blob not null
) strict;

create index audit_object_no on audit (object_no) where object_no is not null;
create index audit_object on audit (object) where object is not null;

-- passed: bytes of this row and of all before it, dropped ones too. It bounds the sum without a scan.
create table quarantine (
  quarantine_no integer not null constraint quarantine_key primary key,
  peer_no integer constraint quarantine_peer references name,
  received integer not null,
  reason text not null,
  bytes blob not null,
  passed integer not null
) strict;

create table counter (
  name text not null constraint counter_key primary key,
  value integer not null
) strict, without rowid;

-- Values are encrypted under the root key, bound to this cell.
create table secret (
  name text not null constraint secret_key primary key,
  value blob not null
) strict, without rowid;
