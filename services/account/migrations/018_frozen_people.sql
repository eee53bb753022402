-- Which accounts of our bank are frozen because their person is: they alone are opened again with the person.

create table frozen_people (
  user_id uuid not null,
  ledger_account_id bigint not null references ledger_accounts (id),
  frozen_at timestamptz not null,
  primary key (user_id, ledger_account_id)
);
create index frozen_people_of_account on frozen_people (ledger_account_id);
grant select, insert, delete on frozen_people to bahi_account;
