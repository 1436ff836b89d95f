create table audit (
  seq  integer primary key,
  at   bigint not null,   -- microseconds since 1970-01-01 UTC
  kind text   not null,
  body blob   not null,   -- canonical JSON of the event
  hash blob   not null    -- of the previous hash and the body
);
create index audit_kind on audit (kind, seq);

create table signing_key (
  kid     text primary key,
  public  text not null,  -- JWK
  sealed  blob not null,  -- private key, PKCS #8
  created bigint not null,
  starts  bigint not null,
  stops   bigint not null,
  retires bigint not null
);

create table client (
  id          text primary key,
  kind        text not null,
  method      text not null,
  secret_hash blob,
  jwks        text,
  settings    text not null,
  created     bigint not null
);

create table family (
  id         text primary key,
  client     text not null,
  sub        text not null,
  sid        text not null,
  scope      text not null,
  audience   text not null,
  auth_time  bigint not null,
  created    bigint not null,
  expires    bigint not null,
  revoked    bigint
);
create index family_sid on family (sid);
create index family_sub on family (sub);
create index family_client on family (client);
create index family_expires on family (expires);

create table code (
  hash         blob primary key,
  family       text not null references family (id) on delete cascade,
  client       text not null,
  redirect_uri text not null,
  challenge    text not null,
  nonce        text not null,
  expires      bigint not null,
  spent        bigint
);
create index code_family on code (family);

create table refresh (
  hash    blob primary key,
  family  text not null references family (id) on delete cascade,
  expires bigint not null,
  spent   bigint
);
create index refresh_family on refresh (family);

create table issued (
  jti     text primary key,
  family  text not null references family (id) on delete cascade,
  expires bigint not null
);
create index issued_family on issued (family);
create index issued_expires on issued (expires);

create table assertion (
  client  text not null,
  jti     text not null,
  expires bigint not null,
  primary key (client, jti)
);
create index assertion_expires on assertion (expires);

create table revocation (
  seq    bigint primary key,
  kind   text   not null,
  value  text   not null,
  cutoff bigint not null,
  exp    bigint not null
);

create table feed (
  last  bigint not null,  -- the sequence number of the latest cut-off
  floor bigint not null   -- the highest sequence number that was forgotten
);
