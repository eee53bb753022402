-- What names a payee who is erased is found by their UPI IDs.

create index mandates_of_payee on mandates (payee_vpa);
