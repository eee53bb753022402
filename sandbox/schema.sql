-- The schema sandbox after its migrations. Written by npm run schema, not by hand.

create table bank_entries (
  txn_id text not null,
  leg text not null,
  account_ref uuid not null,
  amount_paise bigint not null,
  at timestamp with time zone not null,
  constraint bank_entries_leg_check CHECK ((leg = ANY (ARRAY['OPENING'::text, 'DEBIT'::text, 'CREDIT'::text, 'DEBIT-REVERSAL'::text, 'CREDIT-REVERSAL'::text]))),
  constraint bank_entries_pkey PRIMARY KEY (txn_id, leg)
);
CREATE INDEX bank_entries_of ON sandbox.bank_entries USING btree (account_ref, at DESC);

create table bank_mandate_debits (
  umn text not null,
  sequence integer not null,
  txn_id text not null,
  amount_paise bigint not null,
  made_by text,
  constraint bank_mandate_debits_amount_paise_check CHECK ((amount_paise > 0)),
  constraint bank_mandate_debits_sequence_check CHECK ((sequence > 0)),
  constraint bank_mandate_debits_umn_fkey FOREIGN KEY (umn) REFERENCES bank_mandates(umn) ON UPDATE CASCADE,
  constraint bank_mandate_debits_pkey PRIMARY KEY (umn, sequence),
  constraint bank_mandate_debits_txn_id_key UNIQUE (txn_id)
);

create table bank_mandate_operations (
  umn text not null,
  nth integer not null,
  code text not null,
  tries_left integer,
  constraint bank_mandate_operations_nth_check CHECK ((nth > 0)),
  constraint bank_mandate_operations_pkey PRIMARY KEY (umn, nth)
);

create table bank_mandates (
  umn text not null,
  account_ref uuid not null,
  mandate_id uuid not null,
  payee_addr text not null,
  terms jsonb not null,
  pause jsonb,
  revoked_at timestamp with time zone,
  constraint bank_mandates_umn_check CHECK ((umn = lower(umn))),
  constraint bank_mandates_account_ref_fkey FOREIGN KEY (account_ref) REFERENCES other_accounts(account_ref),
  constraint bank_mandates_pkey PRIMARY KEY (umn)
);
CREATE INDEX bank_mandates_of_account ON sandbox.bank_mandates USING btree (account_ref) WHERE (revoked_at IS NULL);

create table closed_cycles (
  cycle text not null,
  to_at timestamp with time zone not null,
  complete_until timestamp with time zone not null,
  constraint closed_cycles_pkey PRIMARY KEY (cycle)
);

create table due_work (
  kind text not null,
  key text not null,
  due_at timestamp with time zone not null,
  payload jsonb not null,
  created_id uuid not null,
  attempts integer default 0 not null,
  lease_holder uuid,
  lease_until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  error text,
  gave_up_at timestamp with time zone,
  constraint due_work_attempts_check CHECK ((attempts >= 0)),
  constraint due_work_pkey PRIMARY KEY (kind, key)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX due_work_due ON sandbox.due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON sandbox.due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

create table events (
  seq bigint generated always as identity not null,
  stream text not null,
  version integer not null,
  id uuid not null,
  type text not null,
  data jsonb not null,
  at timestamp with time zone not null,
  traceparent text,
  is_delta boolean default false not null,
  xid xid8 default GREATEST(pg_current_xact_id(), (((((pg_snapshot_xmax(pg_current_snapshot()))::text)::bigint - 1))::text)::xid8) not null,
  constraint events_check CHECK (((version > 1) OR (NOT is_delta))),
  constraint events_version_check CHECK ((version > 0)),
  constraint events_pkey PRIMARY KEY (stream, version)
);
CREATE UNIQUE INDEX events_xid ON sandbox.events USING btree (xid, seq);

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON sandbox.inbox USING brin (at);

create table mandate_debits (
  mandate_txn_id text not null,
  sequence integer not null,
  amount_paise bigint not null,
  due_on date not null,
  note text,
  status text not null,
  attempts integer default 0 not null,
  due_at timestamp with time zone,
  txn_id text,
  code text,
  constraint mandate_debits_amount_paise_check CHECK ((amount_paise > 0)),
  constraint mandate_debits_sequence_check CHECK ((sequence > 0)),
  constraint mandate_debits_status_check CHECK ((status = ANY (ARRAY['announced'::text, 'taken'::text, 'made'::text, 'refused'::text]))),
  constraint mandate_debits_mandate_txn_id_fkey FOREIGN KEY (mandate_txn_id) REFERENCES mandates(txn_id),
  constraint mandate_debits_pkey PRIMARY KEY (mandate_txn_id, sequence),
  constraint mandate_debits_txn_id_key UNIQUE (txn_id)
);
CREATE INDEX mandate_debits_due ON sandbox.mandate_debits USING btree (due_at) WHERE (due_at IS NOT NULL);

create table mandates (
  txn_id text not null,
  rrn text not null,
  payer_addr text not null,
  payee jsonb not null,
  name text not null,
  terms jsonb not null,
  status text not null,
  umn text,
  code text,
  constraint mandates_check CHECK (((status = ANY (ARRAY['active'::text, 'paused'::text])) <= (umn IS NOT NULL))),
  constraint mandates_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'active'::text, 'paused'::text, 'declined'::text, 'revoked'::text]))),
  constraint mandates_pkey PRIMARY KEY (txn_id),
  constraint mandates_umn_key UNIQUE (umn)
);

create table messages (
  seq bigint generated always as identity not null,
  id uuid not null,
  channel text not null,
  to_fingerprint bytea not null,
  sealed text not null,
  at timestamp with time zone not null,
  constraint messages_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'email'::text]))),
  constraint messages_pkey PRIMARY KEY (seq),
  constraint messages_id_key UNIQUE (id)
);
CREATE INDEX messages_to ON sandbox.messages USING btree (to_fingerprint, seq DESC);

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table other_accounts (
  account_ref uuid not null,
  bank text not null,
  phone_fingerprint bytea not null,
  holder_name text not null,
  number_fingerprint bytea not null,
  sealed_number text not null,
  sealed_card text not null,
  type text default 'savings'::text not null,
  pin_verifier bytea,
  pin_tries integer default 0 not null,
  pin_locked_until timestamp with time zone,
  card_tries integer default 0 not null,
  balance_paise bigint not null,
  opened_at timestamp with time zone not null,
  mcc text,
  constraint other_accounts_balance_paise_check CHECK ((balance_paise >= 0)),
  constraint other_accounts_bank_check CHECK ((bank ~ '^[A-Z]{4}$'::text)),
  constraint other_accounts_mcc_check CHECK (((mcc ~ '^[0-9]{4}$'::text) AND (mcc <> '0000'::text))),
  constraint other_accounts_type_check CHECK ((type = ANY (ARRAY['savings'::text, 'current'::text]))),
  constraint other_accounts_pkey PRIMARY KEY (account_ref),
  constraint other_accounts_number_fingerprint_key UNIQUE (number_fingerprint)
);
CREATE INDEX other_accounts_of ON sandbox.other_accounts USING btree (bank, phone_fingerprint, opened_at DESC);

create table other_vpas (
  vpa text not null,
  account_ref uuid not null,
  constraint other_vpas_account_ref_fkey FOREIGN KEY (account_ref) REFERENCES other_accounts(account_ref),
  constraint other_vpas_pkey PRIMARY KEY (vpa)
);

create table outbox (
  msg_id text not null,
  txn_id text not null,
  endpoint text not null,
  api text not null,
  purpose text not null,
  body jsonb not null,
  copies integer default 1 not null,
  held boolean default false not null,
  due_at timestamp with time zone not null,
  leased_until timestamp with time zone,
  tries integer default 0 not null,
  ended_at timestamp with time zone,
  constraint outbox_endpoint_check CHECK ((endpoint = ANY (ARRAY['psp'::text, 'bank'::text]))),
  constraint outbox_pkey PRIMARY KEY (msg_id)
);
CREATE INDEX outbox_due ON sandbox.outbox USING btree (due_at) WHERE (ended_at IS NULL);
CREATE INDEX outbox_ended ON sandbox.outbox USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX outbox_held ON sandbox.outbox USING btree (due_at) WHERE (held AND (ended_at IS NULL));

create table payer_mandate_debits (
  mandate_txn_id text not null,
  sequence integer not null,
  amount_paise bigint not null,
  due_on date not null,
  noticed_at timestamp with time zone not null,
  status text not null,
  txn_id text,
  constraint payer_mandate_debits_amount_paise_check CHECK ((amount_paise > 0)),
  constraint payer_mandate_debits_sequence_check CHECK ((sequence > 0)),
  constraint payer_mandate_debits_status_check CHECK ((status = ANY (ARRAY['noticed'::text, 'being-made'::text, 'made'::text]))),
  constraint payer_mandate_debits_mandate_txn_id_fkey FOREIGN KEY (mandate_txn_id) REFERENCES payer_mandates(txn_id),
  constraint payer_mandate_debits_pkey PRIMARY KEY (mandate_txn_id, sequence),
  constraint payer_mandate_debits_txn_id_key UNIQUE (txn_id)
);

create table payer_mandates (
  txn_id text not null,
  rrn text not null,
  req_msg_id text not null,
  payer jsonb not null,
  payee jsonb not null,
  name text not null,
  terms jsonb not null,
  pause jsonb,
  status text not null,
  umn text,
  code text,
  expires_at timestamp with time zone,
  asked_at timestamp with time zone not null,
  taken_as text,
  taken_nth integer,
  ported_at timestamp with time zone,
  arriving_from text,
  asking jsonb,
  ask_again_at timestamp with time zone,
  constraint payer_mandates_asking CHECK (((asking IS NULL) = (ask_again_at IS NULL))),
  constraint payer_mandates_check CHECK (((status = 'active'::text) <= (umn IS NOT NULL))),
  constraint payer_mandates_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'active'::text, 'declined'::text, 'expired'::text, 'revoked'::text, 'leaving'::text, 'ported'::text, 'arriving'::text]))),
  constraint payer_mandates_pkey PRIMARY KEY (txn_id),
  constraint payer_mandates_arriving_from_key UNIQUE (arriving_from),
  constraint payer_mandates_umn_key UNIQUE (umn)
);
CREATE INDEX payer_mandates_arriving ON sandbox.payer_mandates USING btree (expires_at) WHERE (status = 'arriving'::text);
CREATE INDEX payer_mandates_ask_again ON sandbox.payer_mandates USING btree (ask_again_at) WHERE (asking IS NOT NULL);
CREATE INDEX payer_mandates_asked ON sandbox.payer_mandates USING btree (expires_at) WHERE (status = 'asked'::text);
CREATE UNIQUE INDEX payer_mandates_asking_in ON sandbox.payer_mandates USING btree (((asking ->> 'txnId'::text))) WHERE (asking IS NOT NULL);
CREATE INDEX payer_mandates_newest ON sandbox.payer_mandates USING btree (asked_at, txn_id);
CREATE INDEX payer_mandates_of_account ON sandbox.payer_mandates USING btree ((((payer -> 'ac'::text) ->> 'acnum'::text)));

create table received_messages (
  msg_id text not null,
  txn_id text not null,
  api text not null,
  ack jsonb not null,
  at timestamp with time zone not null,
  constraint received_messages_pkey PRIMARY KEY (msg_id)
);
CREATE INDEX received_messages_at ON sandbox.received_messages USING btree (at);

create table relay (
  one boolean default true not null,
  after_xid xid8 default '0'::xid8 not null,
  after_seq bigint default 0 not null,
  lease_holder text,
  lease_until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint relay_one_check CHECK (one),
  constraint relay_pkey PRIMARY KEY (one)
);

create table repeatables (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null,
  constraint repeatables_pkey PRIMARY KEY (name, sha256)
);

create table scenario_rules (
  "position" bigint generated always as identity not null,
  id uuid not null,
  name text not null,
  conditions jsonb not null,
  effects jsonb not null,
  enabled boolean not null,
  constraint scenario_rules_pkey PRIMARY KEY ("position"),
  constraint scenario_rules_id_key UNIQUE (id)
);

create table scenario_seed (
  single boolean default true not null,
  seed text not null,
  constraint scenario_seed_single_check CHECK (single),
  constraint scenario_seed_pkey PRIMARY KEY (single)
);

create table settlement_rows (
  cycle text not null,
  txn_id text not null,
  leg text not null,
  bank text not null,
  rrn text not null,
  amount_paise bigint not null,
  result text not null,
  at timestamp with time zone not null,
  constraint settlement_rows_leg_check CHECK ((leg = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text, 'DEBIT-REVERSAL'::text, 'CREDIT-REVERSAL'::text]))),
  constraint settlement_rows_result_check CHECK ((result = ANY (ARRAY['SUCCESS'::text, 'DEEMED'::text]))),
  constraint settlement_rows_pkey PRIMARY KEY (txn_id, leg)
);
CREATE INDEX settlement_rows_of ON sandbox.settlement_rows USING btree (bank, cycle, txn_id);

create table transactions (
  txn_id text not null,
  rrn text not null,
  txn_ts timestamp with time zone not null,
  origin text not null,
  phase text not null,
  due_at timestamp with time zone,
  waiting_for text,
  taken_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  result text,
  err_code text,
  amount_paise bigint not null,
  content jsonb not null,
  steps jsonb default '[]'::jsonb not null,
  constraint transactions_check CHECK (((result IS NULL) = (decided_at IS NULL))),
  constraint transactions_origin_check CHECK ((origin = ANY (ARRAY['member'::text, 'outside'::text, 'unknown'::text]))),
  constraint transactions_result_check CHECK ((result = ANY (ARRAY['SUCCESS'::text, 'FAILURE'::text, 'DEEMED'::text]))),
  constraint transactions_pkey PRIMARY KEY (txn_id)
);
CREATE INDEX transactions_due ON sandbox.transactions USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX transactions_recent ON sandbox.transactions USING btree (taken_at DESC, txn_id DESC);
CREATE INDEX transactions_undecided ON sandbox.transactions USING btree (txn_ts) WHERE (decided_at IS NULL);

create sequence rrns as bigint start 1 increment 1 minvalue 1 maxvalue 9223372036854775807 cache 1;

create view events_full as
 SELECT seq,
    stream,
    version,
    id,
    type,
        CASE
            WHEN is_delta THEN (( SELECT f.data
               FROM events f
              WHERE f.stream = e.stream AND f.version = 1)) || data
            ELSE data
        END AS data,
    at,
    traceparent,
    xid
   FROM events e;

create function make_partitions(ahead integer)
  returns integer
  language plpgsql security definer set search_path=sandbox, pg_temp
  -- body 2cd7b3138e5190c5

create function redact_events(changes json)
  returns void
  language sql security definer set search_path=sandbox, pg_temp
  -- body 27d5d662e033884a

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

grant usage on schema sandbox to bahi_reporting;
grant usage on schema sandbox to bahi_sandbox;
grant select on bank_entries to bahi_reporting;
grant insert, select on bank_entries to bahi_sandbox;
grant select on bank_mandate_debits to bahi_reporting;
grant insert, select, update on bank_mandate_debits to bahi_sandbox;
grant select on bank_mandate_operations to bahi_reporting;
grant insert, select on bank_mandate_operations to bahi_sandbox;
grant select on bank_mandates to bahi_reporting;
grant insert, select, update on bank_mandates to bahi_sandbox;
grant select on closed_cycles to bahi_reporting;
grant insert, select on closed_cycles to bahi_sandbox;
grant select on due_work to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_sandbox;
grant select on events to bahi_reporting;
grant insert, select on events to bahi_sandbox;
grant select on events_full to bahi_reporting;
grant select on events_full to bahi_sandbox;
grant select on inbox to bahi_reporting;
grant delete, insert, select on inbox to bahi_sandbox;
grant select on mandate_debits to bahi_reporting;
grant insert, select, update on mandate_debits to bahi_sandbox;
grant select on mandates to bahi_reporting;
grant insert, select, update on mandates to bahi_sandbox;
grant select on messages to bahi_reporting;
grant delete, insert, select on messages to bahi_sandbox;
grant select on migrations to bahi_reporting;
grant select on migrations to bahi_sandbox;
grant select on other_accounts to bahi_reporting;
grant insert, select, update on other_accounts to bahi_sandbox;
grant select on other_vpas to bahi_reporting;
grant insert, select on other_vpas to bahi_sandbox;
grant select on outbox to bahi_reporting;
grant delete, insert, select, update on outbox to bahi_sandbox;
grant select on payer_mandate_debits to bahi_reporting;
grant insert, select, update on payer_mandate_debits to bahi_sandbox;
grant select on payer_mandates to bahi_reporting;
grant insert, select, update on payer_mandates to bahi_sandbox;
grant select on received_messages to bahi_reporting;
grant delete, insert, select, update on received_messages to bahi_sandbox;
grant select on relay to bahi_reporting;
grant select, update on relay to bahi_sandbox;
grant select on repeatables to bahi_reporting;
grant select on repeatables to bahi_sandbox;
grant usage on rrns to bahi_sandbox;
grant select on scenario_rules to bahi_reporting;
grant delete, insert, select, update on scenario_rules to bahi_sandbox;
grant select on scenario_seed to bahi_reporting;
grant delete, insert, select, update on scenario_seed to bahi_sandbox;
grant select on settlement_rows to bahi_reporting;
grant insert, select, update on settlement_rows to bahi_sandbox;
grant select on transactions to bahi_reporting;
grant delete, insert, select, update on transactions to bahi_sandbox;
grant execute on function make_partitions(integer) to bahi_sandbox;
grant execute on function redact_events(json) to bahi_sandbox;
grant execute on function uuid_at(timestamp with time zone) to bahi_sandbox;
