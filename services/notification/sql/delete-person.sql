-- What is left of a person once their account is closed: that it is, and the last number of their messages. Their row
-- is locked first, so that messages which are being made are there to be deleted after. Runs as the owner.
create or replace function delete_person(person uuid) returns void language sql security definer
set search_path = notification, pg_temp as $$
  insert into people (user_id, profile_version, has_ended) values (person, 0, true)
  on conflict (user_id) do update set has_ended = true, sms = default, email = default, live = default,
    language = default, has_email = null, muted = default, profile_version = people.copied_profile_version;
  delete from deliveries where user_id = person;
$$;
