-- Old messages and deliveries are deleted.

create index messages_at on messages using brin (at);
create index deliveries_at on deliveries using brin (at);
grant delete on messages to {{role}};
