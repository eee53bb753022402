-- An order is named by its amount too, or by 0 when a signed code says it: what somebody writes into a payment that is
-- not signed takes no order of another amount and none of a signed code.
alter table code_orders add column amount_paise bigint not null default 0;

update code_orders o set amount_paise = p.amount_paise
from payments p where p.id = o.payment_id and p.initiation_mode not in ('16', '23');

alter table code_orders drop constraint code_orders_pkey, add primary key (payee_vpa, reference, amount_paise);
