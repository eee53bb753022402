-- What messages and deliveries say, which names people, is sealed by the service, which seals what is older too. It
-- stands beside it in clear until no version runs that knows nothing of it.

alter table messages add column content_sealed text;
create index messages_unsealed on messages (user_id, seq) where content_sealed is null;

alter table deliveries add column values_sealed text;
create index deliveries_unsealed on deliveries (id) where values_sealed is null and user_id is not null;
