// Tables that a service may read whole, because they stay small.

export const smallTables: Readonly<Record<string, string>> = {
  head: 'one row: the end of the chain of audit records',
  relay: 'one row: how far the events of the service were published',
  migrations: 'one row for each file',
  repeatables: 'one row for each file',
  id_token_keys: 'those whose tokens are still valid',
  signing_keys: 'those whose tokens are still valid',
  currencies: 'one row for each currency that a bank has opened',
  settlement_cycles: 'a few rows for each day',
  checkpoints: 'some rows for each day',
  archived_months: 'one row for each month',
  staff_grants: 'those who work for the operator',
  totp_secrets: 'those who work for the operator',
  measures: 'what staff did about people',
  payment_stops: 'stops of payments by staff',
  differences: 'what reconciliation found to differ, and who closed it',
  open_payments: 'what is in progress now',
}
