create table audit (
  seq  integer primary key,
  at   bigint not null,   -- microseconds since 1970-01-01 UTC
  kind text   not null,
  body blob   not null,   -- canonical JSON of the event
  hash blob   not null    -- of the previous hash and the body
);
create index audit_at on audit (at);
