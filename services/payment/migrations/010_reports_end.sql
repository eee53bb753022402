-- Old reports are deleted.

grant delete on reports to bahi_payment;
