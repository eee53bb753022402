-- UPI IDs that are closed stay in the table, so that nobody else gets them; and each is checked against the rules once.

alter table vpas
  add column released_at timestamptz,
  add column released_by text check (released_by in ('owner', 'operator', 'rules')),
  -- When the rules for UPI IDs were last applied to it; null: still to be done. A migration that makes the rules
  -- stricter sets it to null.
  add column rules_checked_at timestamptz,
  add constraint vpas_released check ((released_at is null) = (released_by is null)),
  add constraint vpas_released_is_not_primary check (released_at is null or not is_primary);
create index vpas_unchecked on vpas (vpa) where rules_checked_at is null and released_at is null;

-- The person changes in one case only: a number that was released goes to the person whose phone it is.
grant update (user_id, created_at, released_at, released_by, rules_checked_at) on vpas to bahi_account;
