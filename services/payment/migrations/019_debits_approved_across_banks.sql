-- A debit of a payee elsewhere that needs the PIN: until when its payer can answer the attempt in progress.

alter table mandate_debits add column answer_until timestamptz;
grant update (answer_until) on mandate_debits to bahi_payment;
