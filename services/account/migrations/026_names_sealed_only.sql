-- Names of account holders are written and read sealed alone. The columns with clear text stay for the version that
-- writes both.

do $$
begin
  if exists (select from bank_accounts where holder_name_sealed is null and number_sealed is not null)
    or exists (select from linked_accounts where holder_name_sealed is null and masked_number <> 'erased') then
    raise exception 'names are not all sealed yet: run the version before until they are, it takes minutes';
  end if;
end $$;

drop trigger sealed_name on linked_accounts;
drop function drop_stale_name();
revoke update (holder_name_sealed) on bank_accounts from bahi_account;

alter table bank_accounts alter column holder_name drop not null,
  add constraint named_unless_erased check ((holder_name_sealed is null) = (number_sealed is null));
drop index bank_accounts_unsealed;
alter table linked_accounts alter column holder_name drop not null,
  add constraint named_unless_erased check ((holder_name_sealed is null) = (masked_number = 'erased'));
drop index linked_accounts_unsealed;
