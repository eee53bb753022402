-- What was closed because the phone of its person is on a list of disconnected numbers is open again once it is proven.

alter table upi_numbers add column is_revoked boolean not null default false,
  add constraint revoked_is_released check (not is_revoked or released_at is not null);
grant update (is_revoked) on upi_numbers to bahi_account;

alter table vpas
  -- Whether it was the primary one when it was closed so.
  add column was_primary boolean not null default false,
  drop constraint vpas_released_by_check,
  add constraint vpas_released_by_check check (released_by in ('owner', 'operator', 'rules', 'revoked'));
grant update (was_primary) on vpas to bahi_account;
