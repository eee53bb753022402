-- Orders of dynamic codes: each is paid once. And where the payee describes an order.

alter table payments add column info_url text;

create table code_orders (
  payee_vpa text not null,
  -- The payee's reference of the order (`tr`).
  reference text not null,
  -- The payment that is in progress for it, or that paid it. One that fails deletes the row.
  payment_id uuid not null,
  claimed_at timestamptz not null,
  paid_at timestamptz,
  primary key (payee_vpa, reference)
);

grant select, insert, delete on code_orders to bahi_payment;
grant update (paid_at) on code_orders to bahi_payment;
