-- A mandate that a payee here asked for elsewhere can be moved here by its payer, and keeps the number that the other
-- app gave it. So it is found by the id in its number, which no two have; and such moves by the person who makes them.

create unique index mandates_by_number on mandates (split_part(umn, '@', 1)) where umn is not null;

create index mandate_operations_into_records on mandate_operations ((operation #>> '{into,payer,userId}'))
  where type = 'take';
