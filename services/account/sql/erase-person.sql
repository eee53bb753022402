-- The end of a person's accounts and UPI IDs, and, years later, of everything that names them.

-- Ledger accounts of the person's accounts at our bank, without those that somebody else has linked too.
create or replace function own_ledger_accounts(person uuid) returns bigint[] language sql stable as $$
  select coalesce(array_agg(distinct b.ledger_account_id), '{}')
  from linked_accounts l join bank_accounts b on b.id = l.bank_account_id
  where l.user_id = person and not exists (
    select from linked_accounts o
    where o.bank_account_id = l.bank_account_id and o.user_id <> person and o.unlinked_at is null)
$$;

-- False while there is money. Otherwise nothing is paid from or to the person any more. Again, it changes nothing.
create or replace function close_person(person uuid, now_at timestamptz) returns boolean language plpgsql as $$
declare
  own bigint[];
begin
  -- Also those of whoever has linked the same account: of two who leave at once the second one closes it.
  perform from linked_accounts
    where user_id = person or unlinked_at is null and bank_account_id = any (array(
      select l.bank_account_id from linked_accounts l where l.user_id = person and l.bank_account_id is not null))
    order by id for no key update;
  own := own_ledger_accounts(person);
  perform from ledger_accounts where id = any (own) order by id for update;
  if exists (select from ledger_accounts where id = any (own) and (balance_paise <> 0 or held_paise <> 0)) then
    return false;
  end if;
  update ledger_accounts set status = 'closed' where id = any (own) and status = 'open';
  update upi_numbers set released_at = now_at where user_id = person and released_at is null;
  update vpas set released_at = now_at, released_by = 'owner', is_primary = false
    where user_id = person and released_at is null;
  update linked_accounts set unlinked_at = now_at, sends_by_default = false
    where user_id = person and unlinked_at is null;
  return true;
end $$;

-- Whether the person's accounts are to be closed: from then on the ledger declines what would enter them, but for what
-- was held before or is given back; they debit as before. False, and nothing changes, for accounts with money where
-- `when_empty`, unless it was so before.
create or replace function set_closing(person uuid, closing boolean, when_empty boolean) returns boolean
language plpgsql as $$
declare
  own bigint[];
begin
  perform from linked_accounts where user_id = person order by id for no key update;
  own := case when closing then own_ledger_accounts(person) else array(
    select b.ledger_account_id from linked_accounts l join bank_accounts b on b.id = l.bank_account_id
    where l.user_id = person) end;
  perform from ledger_accounts where id = any (own) order by id for no key update;
  if closing and when_empty and exists (
    select from ledger_accounts
    where id = any (own) and not is_closing and (balance_paise <> 0 or held_paise <> 0)) then
    return false;
  end if;
  update ledger_accounts set is_closing = closing where id = any (own) and is_closing <> closing;
  return true;
end $$;

-- Runs as the owner: a service may delete neither UPI IDs nor what the bank knows of an account.
create or replace function erase_person(person uuid, marks uuid[]) returns void language plpgsql security definer
set search_path = account, pg_temp as $$
declare
  own bigint[] := own_ledger_accounts(person);
begin
  insert into erased_names (mark) select distinct unnest(marks) on conflict do nothing;
  update network_legs n set addr = null, account_ref = null
    from entries e where e.account_id = any (own) and n.transfer_id = e.transfer_id;
  update mandates set payee_vpa = 'erased@' || split_part(payee_vpa, '@', 2)
    where payee_vpa = any (array(select v.vpa from vpas v where v.user_id = person));
  delete from upi_numbers where user_id = person;
  delete from vpas where user_id = person;
  update bank_accounts set number_fingerprint = null, number_sealed = null, phone_fingerprint = null,
    phone_sealed = null, card_fingerprint = null, holder_name_sealed = null, pin_verifier = null, pin_set_at = null
    where ledger_account_id = any (own);
  update linked_accounts set masked_number = 'erased', holder_name_sealed = null, account_ref = 'erased.' || id
    where user_id = person;
end $$;
