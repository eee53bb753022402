-- By whom, what about and of which kind a record is: an index for auditors over those records that are acts.
-- What an act says is in its record alone, which the chain covers.

create table acts (
  seq bigint primary key,
  kind text not null,
  actor uuid,
  object text
);
create index acts_actor on acts (actor, seq) where actor is not null;
create index acts_object on acts (object, seq) where object is not null;
create index acts_kind on acts (kind, seq);

grant select, insert on acts to bahi_audit;
