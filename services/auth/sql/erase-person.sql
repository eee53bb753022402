-- Nobody signs in as the person from now on, and another person can register with their phone. Sessions have ended
-- before. Runs as the owner: a service may not delete devices.
create or replace function close_person(person uuid) returns void language sql security definer
set search_path = auth, pg_temp as $$
  delete from oauth_records where user_id = person;
  delete from one_time_codes where phone_fingerprint = (select p.phone_fingerprint from people p where p.id = person);
  delete from sessions where user_id = person;
  delete from totp_secrets where user_id = person;
  delete from passkeys where user_id = person;
  delete from passkey_challenges where user_id = person;
  delete from recovery_codes where user_id = person;
  delete from devices where user_id = person;
  update people set phone_fingerprint = null, phone_sealed = null, password_hash = null, registered_at = null,
    phone_revoked_on = null, phone_proven_at = null
    where id = person;
  update measures set phone_sealed = null where user_id = person;
$$;
