create table ca (
  trust_domain text primary key,
  sealed       blob not null  -- root and intermediate, their keys sealed
);

create table certificate (
  serial     text primary key,   -- decimal
  spiffe_id  text not null,
  purpose    text not null,      -- root, intermediate or leaf
  not_before bigint not null,
  not_after  bigint not null,
  withdrawn  bigint
);
create index certificate_identity on certificate (spiffe_id, not_after);
