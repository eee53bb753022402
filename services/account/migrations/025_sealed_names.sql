-- Names of account holders are sealed by the service, which seals those of before too. Until no version runs that knows
-- nothing of it, a name stands beside it in clear. Those of erased people are not there.

alter table bank_accounts add column holder_name_sealed text;
create index bank_accounts_unsealed on bank_accounts (id)
  where holder_name_sealed is null and number_sealed is not null;
grant update (holder_name_sealed) on bank_accounts to bahi_account;

alter table linked_accounts add column holder_name_sealed text;
create index linked_accounts_unsealed on linked_accounts (id)
  where holder_name_sealed is null and masked_number <> 'erased';
grant update (holder_name_sealed) on linked_accounts to bahi_account;

-- A name that such a version changes is sealed anew: the sealed one would be that of before.
create function drop_stale_name() returns trigger language plpgsql as $$
begin
  new.holder_name_sealed := null;
  return new;
end $$;
create trigger sealed_name before update of holder_name on linked_accounts for each row
  when (new.holder_name is distinct from old.holder_name
    and new.holder_name_sealed is not distinct from old.holder_name_sealed)
  execute function drop_stale_name();
