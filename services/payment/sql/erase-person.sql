-- What a person set for themselves, deleted as their account ends. Runs as the owner, as the next one does: a service
-- may delete neither controls nor limits, and does not change who paid whom.
create or replace function close_person(person uuid) returns void language sql security definer
set search_path = payment, pg_temp as $$
  delete from blocked_people where user_id = person;
  delete from blocked_people where blocked_user_id = person;
  delete from hidden_payments where user_id = person;
  delete from payer_tiers where user_id = person;
  delete from personal_limits where user_id = person;
  delete from payment_controls where user_id = person;
$$;

create or replace function erased_vpa(vpa text) returns text language sql immutable as $$
  select 'erased@' || split_part(vpa, '@', 2)
$$;

-- Who paid whom, without this person's names, UPI IDs and notes: ids, amounts and times stay. `names`: their UPI IDs.
create or replace function erase_person(person uuid, names text[]) returns void language sql security definer
set search_path = payment, pg_temp as $$
  update payments set payer_vpa = erased_vpa(payer_vpa), payer_name = 'erased', payer_masked = null,
    note = null, reference = null, info_url = null where payer_user_id = person;
  update payments set payee_vpa = erased_vpa(payee_vpa), payee_name = 'erased', payee_masked = null,
    info_url = null where payee_user_id = person;
  update payment_requests set payer_vpa = erased_vpa(payer_vpa), payer_name = 'erased' where payer_user_id = person;
  update payment_requests set payee_vpa = erased_vpa(payee_vpa), payee_name = 'erased',
    payee_masked = null, note = null, app_reference = null where payee_user_id = person;
  update mandate_debits set note = null
    where mandate_id in (select m.id from mandates m where m.payee_user_id = person);
  update mandates set payer_vpa = erased_vpa(payer_vpa), payer_name = 'erased', payer_masked = null,
    name = 'erased', initiation = null, ported_from = erased_vpa(ported_from) where payer_user_id = person;
  -- Of a port, which was decided long ago, all that was shown of the payer from then on.
  update mandate_operations set operation = operation - 'payer'
    where type = 'port' and mandate_id in (select m.id from mandates m where m.payer_user_id = person);
  -- Of one that came from another app, also into a payee's record: who moved it, and what it debited there.
  update mandate_operations set operation = operation - 'into' - 'accountRef' - 'fromVpa'
    where type = 'take' and (operation #>> '{into,payer,userId}' = person::text
      or mandate_id in (select m.id from mandates m where m.payer_user_id = person));
  update mandates set payee_vpa = erased_vpa(payee_vpa), payee_name = 'erased', payee_masked = null,
    name = 'erased', order_reference = null where payee_user_id = person;
  update schedules set payer_vpa = erased_vpa(payer_vpa), payer_name = 'erased', note = null
    where payer_user_id = person;
  update schedules set payee_vpa = erased_vpa(payee_vpa), payee_name = 'erased'
    where payee_user_id = person;
  delete from reports where user_id = person or reported_user_id = person;
  -- An order is still never paid twice.
  update code_orders set payee_vpa = person || '@' || split_part(payee_vpa, '@', 2), reference = md5(reference)
    where payee_vpa = any (names);
$$;
