-- Whether the other bank has answered the newest operation: before, nobody asks it what became of it.

alter table mandates_elsewhere add column answered boolean not null default true;
grant update (answered) on mandates_elsewhere to bahi_account;
