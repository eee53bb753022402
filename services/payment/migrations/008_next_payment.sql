-- Which id the next payment of a schedule's date has: one that failed has used up the first.
alter table schedule_occurrences add column next_payment_id uuid;
grant update (next_payment_id) on schedule_occurrences to bahi_payment;
