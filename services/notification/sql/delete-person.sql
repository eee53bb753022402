-- What is left of a person once their messages are gone. Runs as the owner: a service may not delete people, so that
-- the numbers of their messages never begin anew.
create or replace function delete_person(person uuid) returns void language sql security definer
set search_path = notification, pg_temp as $$
  delete from deliveries where user_id = person;
  delete from people where user_id = person;
$$;
