-- Transactions that another app began are found by their whole id, whatever their route.
create index payments_of_other_apps on payments (txn_prefix) where length(txn_prefix) = 35;
drop index payments_inbound;
