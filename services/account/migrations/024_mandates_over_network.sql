-- What other apps do over the network with mandates that they keep of accounts at this bank: each operation once by its
-- transaction; and whether the account holder was told of each of their debits.

create table mandate_requests (
  txn_id text primary key,
  -- With the number that it had then.
  umn text not null,
  type text not null check (type in ('create', 'update', 'pause', 'unpause', 'revoke')),
  -- Digest of what was asked for: the same transaction with other content does nothing.
  content bytea not null,
  code text not null,
  decided_at timestamptz not null
);
grant select, insert on mandate_requests to bahi_account;

-- Of a debit over the network, until the account holder's app knows it: that it was made, or that it was given back.
alter table mandate_debits add column unreported text check (unreported in ('debited', 'returned'));
grant update (unreported) on mandate_debits to bahi_account;
