create table kv_secret (
  path            text primary key,
  created         bigint,           -- microseconds since 1970-01-01 UTC, like every time here
  updated         bigint,
  current         bigint not null,  -- number of the latest version, 0 for none yet
  oldest          bigint not null,
  max_versions    bigint not null,
  cas_required    integer not null,
  delete_after    bigint not null,  -- seconds
  custom          text,             -- JSON object of strings
  edition         bigint not null,  -- of the metadata
  edition_guarded integer not null, -- metadata writes must name the edition
  rotate          bigint            -- seconds between renewals, from custom metadata
);
create index kv_secret_rotate on kv_secret (rotate);

create table kv_version (
  path      text    not null references kv_secret (path) on delete cascade,
  number    bigint  not null,
  created   bigint  not null,
  deleted   bigint,                 -- from when on it counts as deleted
  destroyed integer not null,
  author    text    not null,
  sealed    blob,                   -- the fields, as sealed JSON; null once destroyed
  primary key (path, number)
);

create table kv_config (
  single          integer primary key check (single = 1),
  max_versions    bigint  not null,
  cas_required    integer not null,
  delete_after    bigint  not null,
  edition_guarded integer not null
);

create table vault_policy (
  name     text primary key,
  text     text   not null,
  version  bigint not null,
  modified bigint not null
);

create table vault_token (
  hash         blob primary key,    -- SHA-256 of the token
  accessor     text   not null unique,
  parent       blob references vault_token (hash) on delete cascade,
  actor        text   not null,     -- whom it speaks for, in the audit log
  peer         text,                -- SPIFFE id of the only service that may use it
  path         text   not null,
  display_name text   not null,
  policies     text   not null,     -- JSON list
  meta         text,                -- JSON object of strings
  issued       bigint not null,
  ttl          bigint not null,     -- seconds
  expires      bigint not null,
  period       bigint not null,     -- seconds, 0 for none
  explicit_max bigint not null,     -- seconds, 0 for none
  renewable    integer not null,
  uses         bigint not null      -- how many are left, 0 for any number
);
create index vault_token_parent on vault_token (parent);
create index vault_token_expires on vault_token (expires);

create table approle (
  name     text primary key,
  role_id  text not null unique,
  settings text not null            -- JSON object
);

create table approle_secret (
  hash     blob primary key,        -- SHA-256 of the secret id
  role     text   not null references approle (name) on delete cascade,
  accessor text   not null unique,
  created  bigint not null,
  expires  bigint,
  ttl      bigint not null,
  uses     bigint not null,         -- how many are left, 0 for any number
  meta     text   not null
);
create index approle_secret_role on approle_secret (role);
create index approle_secret_expires on approle_secret (expires);
