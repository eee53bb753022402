-- An e-mail address gets mail once its person has entered the code that was sent to it. Until then it is the pending
-- one, beside the address so far. Addresses from before were never verified: they get no mail until they are.

alter table profiles
  add column email_verified_at timestamptz,
  add column pending_email_sealed text,
  -- Keyed fingerprint of the code with its person and address.
  add column email_code bytea,
  add column email_code_expires_at timestamptz,
  add column email_code_tries smallint not null default 0 check (email_code_tries >= 0);

grant update (email_verified_at, pending_email_sealed, email_code, email_code_expires_at, email_code_tries)
  on profiles to bahi_user;
