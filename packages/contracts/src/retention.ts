// How long each table of each service keeps its rows; `retentionWorker` of the kit deletes what is older.
import type { ServiceName } from './contract.ts'

/**
 * Rows are deleted `days` after the time in column `since`, and only those that `only` (SQL) selects. Several entries:
 * each deletes by itself. `keeps`: no row is deleted by age, for this reason. `archiveAfterMonths`: of a table with
 * monthly partitions, how long after its end a month stays before `npm run archive` may move it to an archive.
 */
export type TableRetention =
  { keeps: string; archiveAfterMonths?: number } | { days: number; since: string; only?: string }[]
type Tables = Readonly<Record<string, TableRetention>>
export type Retention = { effectiveFrom: string; services: Readonly<Partial<Record<ServiceName, Tables>>> }

const books = { keeps: 'the books: ten years by law, and what archived months refer to' }
const monthlyBooks = { keeps: 'the books: ten years by law, then in an archive', archiveAfterMonths: 120 }
const archived = { keeps: 'which months are in an archive' }
const withPerson = { keeps: 'for as long as the person is a customer' }
const schemaItself = { keeps: 'a few rows about the schema itself' }

/** Tables that the kit makes in every schema. */
const ofKit: Tables = {
  events: { keeps: 'history and source of the audit records' },
  // Longer than a dead letter may wait for its replay: marks keep replayed events from being processed twice.
  inbox: [{ days: 180, since: 'at' }],
  due_work: { keeps: 'done work is deleted as it is done; what was given up waits for a person' },
  migrations: schemaItself,
  relay: schemaItself,
  repeatables: schemaItself,
}

/** Newest last. A change is a new row with its date, never an edit. */
export const retention: readonly Retention[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    services: {
      auth: {
        ...ofKit,
        people: withPerson,
        devices: withPerson,
        role_grants: { keeps: 'of the version before: `staff_grants` has its rows' },
        measures: { keeps: 'who was frozen, by whom and why: part of the record' },
        staff_grants: { keeps: 'who was allowed what, by whom: part of the record' },
        one_time_codes: [{ days: 1, since: 'sent_at' }],
        oauth_clients: { keeps: 'registered apps, until an operator removes them' },
        oauth_records: [{ days: 1, since: 'expires_at' }],
        tries: [{ days: 2, since: 'since' }],
        passkeys: { keeps: 'until their person removes them, or their second factor is reset' },
        passkey_challenges: [{ days: 1, since: 'expires_at' }],
        step_up_proofs: [{ days: 1, since: 'expires_at' }],
        // One that nobody confirmed; the others are replaced, reset, or end with their person.
        totp_secrets: [{ days: 1, since: 'created_at', only: 'confirmed_at is null' }],
        recovery_codes: { keeps: 'until they are renewed or reset, so that a used one is known' },
        second_factor_resets: { keeps: 'who let whom enrol anew: part of the record' },
        revoked_number_lists: {
          keeps: 'that each list was read, and what it did: part of the record; no number',
        },
        // Ended ones for a day, for support. Expired ones are ended first, so that whoever follows sessions learns it.
        sessions: [
          { days: 0, since: 'expires_at', only: 'ended_at is not null' },
          { days: 1, since: 'ended_at', only: 'ended_at is not null' },
        ],
        refresh_tokens: [{ days: 0, since: 'expires_at' }],
        id_token_keys: { keeps: 'deleted by their rotation, once no token needs them' },
        signing_keys: { keeps: 'deleted by their rotation, once no token needs them' },
        otps: [{ days: 1, since: 'sent_at' }],
        login_attempts: [{ days: 1, since: 'last_at' }],
      },
      user: {
        ...ofKit,
        profiles: withPerson,
        kyc_submissions: {
          keeps: 'five years beyond the relationship (PMLA, section 12); drafts are deleted by due work',
        },
        kyc_documents: { keeps: 'like their submission; refused and replaced ones are deleted by due work' },
        kyc_tiers: withPerson,
        erasures: { keeps: 'who asked for what, and when it was done: ids and dates' },
        exports: [{ days: 400, since: 'requested_at' }],
        person_keys: { keeps: 'until the person is erased; that it was shredded, for good' },
        saved_views: withPerson,
        contacts: [{ days: 365, since: 'changed_at', only: 'removed' }],
      },
      account: {
        ...ofKit,
        archived_months: archived,
        archived_entries: archived,
        bank_accounts: books,
        currencies: { keeps: 'a few rows of configuration' },
        conversions: books,
        entries: monthlyBooks,
        holds: books,
        internal_accounts: books,
        ledger_accounts: books,
        network_legs: books,
        transfers: monthlyBooks,
        mandates: books,
        mandates_elsewhere: books,
        mandate_operations: books,
        mandate_requests: books,
        mandate_debits: books,
        linked_accounts: withPerson,
        vpas: { keeps: 'a UPI ID never changes its person, released ones neither' },
        erased_names: { keeps: 'stands for UPI IDs of erased people, which go to nobody else' },
        upi_numbers: { keeps: 'a UPI number goes to nobody else, one that was switched off neither' },
        frozen_people: { keeps: 'deleted as the freeze ends' },
        // Far longer than a PIN block may be used.
        used_pin_blocks: [{ days: 1, since: 'used_at' }],
      },
      payment: {
        ...ofKit,
        archived_months: archived,
        payments: monthlyBooks,
        open_payments: { keeps: 'deleted as payments complete' },
        payers: withPerson,
        payer_tiers: withPerson,
        personal_limits: withPerson,
        payment_controls: withPerson,
        code_orders: { keeps: 'like their payments: an order is never paid twice' },
        payment_requests: books,
        blocked_people: withPerson,
        hidden_payments: withPerson,
        frozen_people: { keeps: 'deleted as the freeze ends' },
        payment_stops: { keeps: 'who stopped payments, when and why' },
        payment_minutes: [{ days: 8, since: 'minute' }],
        reports: [{ days: 730, since: 'at' }],
        mandates: books,
        mandate_operations: books,
        mandate_debits: books,
        schedules: books,
        // Whoever was shown one can verify it for so long; its file is gone after days.
        statements: [{ days: 1_095, since: 'created_at' }],
        schedule_occurrences: books,
        differences: books,
        settlement_cycles: books,
        settlement_rows: books,
      },
      notification: {
        ...ofKit,
        people: withPerson,
        push_subscriptions: {
          keeps: 'deleted as their session ends, their browser is gone or their person has ten newer ones',
        },
        messages: [{ days: 400, since: 'at' }],
        deliveries: [{ days: 90, since: 'at', only: "status <> 'waiting'" }],
      },
      audit: {
        ...ofKit,
        checkpoints: { keeps: 'what was signed: a missing one is a fault' },
        acts: { keeps: 'an index of the chain' },
        head: { keeps: 'the newest hash of the chain' },
        person_keys: { keeps: 'until the person is erased; that it was shredded, for good' },
        records: { keeps: 'the chain: a record that is missing breaks it' },
      },
    },
  },
]
