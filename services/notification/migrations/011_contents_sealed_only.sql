-- What messages and deliveries say is written and read sealed alone; of a message's data the facts that name nobody
-- stay in clear. The columns with clear text stay for the version that writes both.

do $$
begin
  if exists (select from messages where content_sealed is null)
    or exists (select from deliveries where values_sealed is null and user_id is not null) then
    raise exception 'messages are not all sealed yet: run the version before until they are';
  end if;
end $$;

-- That it holds of the rows there are was seen just now, by their indexes.
alter table messages drop constraint messages_text,
  add constraint messages_say_something check (content_sealed is not null) not valid;
drop index messages_unsealed;
alter table deliveries alter column data drop not null,
  add constraint deliveries_say_something check (user_id is null or values_sealed is not null) not valid;
drop index deliveries_unsealed;
