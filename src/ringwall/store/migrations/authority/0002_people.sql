create table person (
  sub        text primary key,
  password   text not null,  -- argon2id, encoded (RFC 9106)
  roles      text not null,  -- JSON list
  attributes text not null,  -- JSON object: claims of access tokens
  profile    text not null,  -- JSON object: claims of /userinfo
  disabled   bigint
);

create table session (
  hash      blob primary key,  -- SHA-256 of the cookie
  sid       text not null unique,
  sub       text not null references person (sub) on delete cascade,
  auth_time bigint not null,
  seen      bigint not null,
  expires   bigint not null
);
create index session_sub on session (sub);

create table consent (
  sub    text not null references person (sub) on delete cascade,
  client text not null references client (id) on delete cascade,
  scope  text not null,
  given  bigint not null,
  primary key (sub, client)
);
