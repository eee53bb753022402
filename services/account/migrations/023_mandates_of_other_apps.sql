-- A mandate can be moved to another app: it has another number then, and keeps what was debited by it.

grant update (umn) on mandates to bahi_account;
alter table mandate_debits
  add constraint mandate_debits_of_mandate foreign key (umn) references mandates on update cascade not valid;
alter table mandate_debits validate constraint mandate_debits_of_mandate;
alter table mandate_debits drop constraint mandate_debits_umn_fkey;
