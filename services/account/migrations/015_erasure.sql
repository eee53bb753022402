-- What is left of a bank account whose person is erased has neither number nor phone; its entries stay in the books.

alter table bank_accounts
  alter column number_fingerprint drop not null,
  alter column number_sealed drop not null,
  alter column phone_fingerprint drop not null,
  alter column phone_sealed drop not null,
  alter column card_fingerprint drop not null;

-- UPI IDs and numbers of erased people, as what stands for them: nobody is ever paid at one of them by mistake.
create table erased_names (
  mark uuid primary key
);
grant select on erased_names to bahi_account;
