-- Whose account was closed: what comes late about them, such as a dead letter that is replayed, leads to no message.
alter table people add column has_ended boolean not null default false;
