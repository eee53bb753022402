-- The account of a statement as it is printed there: whoever verifies the file is shown it, after its bank has changed.
alter table statements add column account_masked text;
grant update (account_masked) on statements to bahi_payment;
