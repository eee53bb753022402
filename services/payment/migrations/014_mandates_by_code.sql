-- Mandates that were agreed to by a code or a link: how it said that they begin, and the payee's order, which is agreed
-- to once. Only of an order that is signed: anybody can write a reference into a code that is not.
alter table mandates add column initiation jsonb, add column order_reference text;

create unique index mandates_one_an_order on mandates (payee_vpa, order_reference)
  where order_reference is not null and status not in ('failed', 'declined');
