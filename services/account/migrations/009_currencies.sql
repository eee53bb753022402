-- Currencies of the ledger, by ISO 4217. Opening one is a date in its row, and no code. The ledger counts whole minor
-- units: an amount of 100 is one rupee (exponent 2), a hundred yen (0), a tenth of a dinar (3).

create table currencies (
  code char(3) primary key check (code ~ '^[A-Z]{3}$'),
  -- Decimal digits of its minor unit.
  exponent smallint not null check (exponent between 0 and 4),
  -- Since when accounts in it may be opened; null: it is prepared.
  opened_from timestamptz
);

insert into currencies (code, exponent, opened_from) values
  ('INR', 2, '2025-01-01T00:00:00+05:30'),
  ('AED', 2, null), ('EUR', 2, null), ('GBP', 2, null), ('SGD', 2, null), ('USD', 2, null),
  ('JPY', 0, null), ('KWD', 3, null);

alter table ledger_accounts add constraint currency_is_known foreign key (currency) references currencies;

grant select on currencies to bahi_account;
