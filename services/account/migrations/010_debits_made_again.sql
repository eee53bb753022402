-- A debit by a mandate whose money was given back is made again under its number: its row then has the new transfer.

grant update (transfer_id, amount_paise, posted_at) on mandate_debits to bahi_account;
