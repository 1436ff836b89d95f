create table policy_set (
  name    text   not null,   -- the service that it is for, or default
  version bigint not null,   -- 1, 2, 3 … of this name
  pushed  bigint not null,   -- microseconds since 1970, later for each version
  author  text   not null,
  digest  text   not null,   -- SHA-256 of the files
  files   text   not null,   -- JSON object: file name → text
  primary key (name, version)
);
