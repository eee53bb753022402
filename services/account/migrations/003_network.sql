-- Our bank in the network: legs of transactions.

-- One row for each leg that the network requested, declines included: a repeated leg always gets the same outcome.
-- Codes: 00 done; a UPI code: declined. Of a DEBIT or CREDIT, ND or NC: it was reversed before it came, or the network
-- was answered that it never came, and is declined whenever it arrives.
create table network_legs (
  txn_id text not null,
  leg text not null check (leg in ('DEBIT', 'CREDIT', 'DEBIT-REVERSAL', 'CREDIT-REVERSAL')),
  rrn text not null,
  -- Null where only a check named it.
  amount_paise bigint check (amount_paise > 0),
  -- The account as the network named it; null where it named none.
  account_ref text,
  -- The UPI ID of the side that it is about; null for what our own PSP asked.
  addr text,
  -- The decision in the ledger; null where the ledger was not asked.
  transfer_id uuid,
  code text not null check (code <> '00' or transfer_id is not null),
  posted_at timestamptz not null,
  primary key (txn_id, leg),
  check (amount_paise is not null or code in ('NC', 'ND'))
);
create index network_legs_posted on network_legs (posted_at, txn_id, leg) where code = '00';
create unique index network_legs_of_transfer on network_legs (transfer_id);

grant select, insert,
  update (rrn, amount_paise, account_ref, transfer_id, code, posted_at) on network_legs to bahi_account;
