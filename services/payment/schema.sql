-- The schema payment after its migrations. Written by npm run schema, not by hand.

create table archived_months (
  month date not null,
  from_id uuid not null,
  to_id uuid not null,
  rows bigint not null,
  archived_at timestamp with time zone not null,
  constraint archived_months_check CHECK ((to_id > from_id)),
  constraint archived_months_rows_check CHECK ((rows >= 0)),
  constraint archived_months_pkey PRIMARY KEY (month)
);

create table blocked_people (
  user_id uuid not null,
  vpa text not null,
  blocked_user_id uuid,
  name text not null,
  blocked_at timestamp with time zone not null,
  constraint blocked_people_check CHECK ((blocked_user_id <> user_id)),
  constraint blocked_people_pkey PRIMARY KEY (user_id, vpa)
);
CREATE INDEX blocked_people_by_user ON payment.blocked_people USING btree (user_id, blocked_user_id) WHERE (blocked_user_id IS NOT NULL);

create table code_orders (
  payee_vpa text not null,
  reference text not null,
  payment_id uuid not null,
  claimed_at timestamp with time zone not null,
  paid_at timestamp with time zone,
  amount_paise bigint default 0 not null,
  constraint code_orders_pkey PRIMARY KEY (payee_vpa, reference, amount_paise)
);

create table differences (
  id uuid not null,
  txn_id text not null,
  side text not null,
  kind text not null,
  cycle text not null,
  rrn text,
  network_paise bigint,
  ledger_paise bigint,
  payment_status text,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  closed_by uuid,
  note text,
  constraint differences_check CHECK (((closed_by IS NULL) OR (closed_at IS NOT NULL))),
  constraint differences_side_check CHECK ((side = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text]))),
  constraint differences_cycle_fkey FOREIGN KEY (cycle) REFERENCES settlement_cycles(id),
  constraint differences_pkey PRIMARY KEY (id),
  constraint one_of_a_kind UNIQUE (txn_id, side, kind)
);
CREATE INDEX differences_open ON payment.differences USING btree (opened_at, id) WHERE (closed_at IS NULL);

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
CREATE INDEX due_work_due ON payment.due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON payment.due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

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
CREATE INDEX events_about_people ON payment.events USING btree (stream) WHERE (type = ANY (ARRAY['payment.person-blocked'::text, 'payment.person-unblocked'::text, 'payment.person-reported'::text]));
CREATE UNIQUE INDEX events_xid ON payment.events USING btree (xid, seq);

create table frozen_people (
  user_id uuid not null,
  frozen_at timestamp with time zone not null,
  constraint frozen_people_pkey PRIMARY KEY (user_id)
);

create table hidden_payments (
  user_id uuid not null,
  payment_id uuid not null,
  hidden_at timestamp with time zone not null,
  constraint hidden_payments_pkey PRIMARY KEY (user_id, payment_id)
);

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON payment.inbox USING brin (at);

create table mandate_debits (
  id uuid not null,
  mandate_id uuid not null,
  sequence integer not null,
  period integer,
  amount_paise bigint not null,
  note text,
  due_on date not null,
  announced_at timestamp with time zone not null,
  execute_at timestamp with time zone not null,
  status text not null,
  attempts integer default 0 not null,
  code text,
  payment_id uuid,
  completed_at timestamp with time zone,
  txn_id text,
  rrn text,
  req_msg_id text,
  txn_attempt integer,
  noticed_at timestamp with time zone,
  begun_at timestamp with time zone,
  answer_until timestamp with time zone,
  constraint attempt_of_the_network CHECK ((((txn_id IS NULL) = (rrn IS NULL)) AND ((txn_id IS NULL) = (txn_attempt IS NULL)) AND ((txn_id IS NULL) = ((req_msg_id IS NULL) AND (begun_at IS NULL))) AND ((req_msg_id IS NULL) OR (begun_at IS NULL)))),
  constraint final_is_final CHECK (((status = ANY (ARRAY['planned'::text, 'awaiting-approval'::text])) = (completed_at IS NULL))),
  constraint mandate_debits_amount_paise_check CHECK ((amount_paise > 0)),
  constraint mandate_debits_rrn_check CHECK ((length(rrn) = 12)),
  constraint mandate_debits_sequence_check CHECK ((sequence > 0)),
  constraint mandate_debits_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'awaiting-approval'::text, 'paid'::text, 'failed'::text, 'skipped'::text]))),
  constraint mandate_debits_txn_attempt_check CHECK ((txn_attempt > 0)),
  constraint mandate_debits_txn_id_check CHECK ((length(txn_id) = 35)),
  constraint paid_by_a_payment CHECK (
CASE status
    WHEN 'paid'::text THEN (payment_id IS NOT NULL)
    WHEN 'planned'::text THEN true
    WHEN 'awaiting-approval'::text THEN true
    ELSE (payment_id IS NULL)
END),
  constraint mandate_debits_mandate_id_fkey FOREIGN KEY (mandate_id) REFERENCES mandates(id),
  constraint mandate_debits_pkey PRIMARY KEY (id),
  constraint mandate_debits_mandate_id_sequence_key UNIQUE (mandate_id, sequence),
  constraint mandate_debits_txn_id_key UNIQUE (txn_id)
);
CREATE UNIQUE INDEX mandate_debits_one_a_period ON payment.mandate_debits USING btree (mandate_id, period) WHERE ((period IS NOT NULL) AND (status <> ALL (ARRAY['failed'::text, 'skipped'::text])));

create table mandate_operations (
  mandate_id uuid not null,
  nth integer not null,
  type text not null,
  operation jsonb not null,
  made_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  code text,
  let_go jsonb,
  constraint mandate_operations_nth_check CHECK ((nth > 0)),
  constraint mandate_operations_mandate_id_fkey FOREIGN KEY (mandate_id) REFERENCES mandates(id),
  constraint mandate_operations_pkey PRIMARY KEY (mandate_id, nth)
);
CREATE INDEX mandate_operations_into_records ON payment.mandate_operations USING btree (((operation #>> '{into,payer,userId}'::text[]))) WHERE (type = 'take'::text);

create table mandates (
  id uuid not null,
  version integer not null,
  payer_user_id uuid,
  payer_account_id uuid,
  payer_vpa text not null,
  payer_name text not null,
  payer_bank text,
  payer_masked text,
  payee_user_id uuid,
  payee_account_id uuid,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  mcc text not null,
  name text not null,
  terms jsonb not null,
  presented_by text not null,
  status text not null,
  paused_from date,
  paused_until date,
  operations integer default 0 not null,
  pending_operation integer,
  code text,
  tries_left integer,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  ended_at timestamp with time zone,
  last_sequence integer default 0 not null,
  last_period integer default '-1'::integer not null,
  input_hash bytea not null,
  initiation jsonb,
  order_reference text,
  txn_id text,
  rrn text,
  req_msg_id text,
  umn text,
  reported_at timestamp with time zone,
  ported_at timestamp with time zone,
  ported_from text,
  constraint agreed_elsewhere_has_umn CHECK (((umn IS NOT NULL) OR (payer_user_id IS NOT NULL) OR (status <> ALL (ARRAY['active'::text, 'completed'::text])))),
  constraint asked_through_the_network CHECK ((((txn_id IS NULL) = (rrn IS NULL)) AND ((req_msg_id IS NULL) OR (txn_id IS NOT NULL)) AND ((txn_id IS NULL) OR (payer_user_id IS NULL) OR (payee_user_id IS NULL) OR (umn IS NOT NULL)) AND ((umn IS NULL) OR (payer_user_id IS NULL) OR ((payee_user_id IS NOT NULL) AND (txn_id IS NOT NULL))))),
  constraint final_has_ended CHECK (((status = ANY (ARRAY['requested'::text, 'active'::text])) = (ended_at IS NULL))),
  constraint mandates_check CHECK (((paused_from IS NULL) = (paused_until IS NULL))),
  constraint mandates_check1 CHECK ((pending_operation <= operations)),
  constraint mandates_input_hash_check CHECK ((length(input_hash) = 32)),
  constraint mandates_presented_by_check CHECK ((presented_by = ANY (ARRAY['payee'::text, 'platform'::text]))),
  constraint mandates_rrn_check CHECK ((length(rrn) = 12)),
  constraint mandates_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'active'::text, 'declined'::text, 'failed'::text, 'revoked'::text, 'expired'::text, 'completed'::text, 'ported'::text]))),
  constraint mandates_txn_id_check CHECK ((length(txn_id) = 35)),
  constraint moved_from_somewhere CHECK (((ported_at IS NULL) = (ported_from IS NULL))),
  constraint one_side_is_ours CHECK ((((payer_user_id IS NULL) = (payer_account_id IS NULL)) AND ((payer_user_id IS NOT NULL) OR ((payee_user_id IS NOT NULL) AND (txn_id IS NOT NULL))))),
  constraint mandates_pkey PRIMARY KEY (id),
  constraint mandates_txn_id_key UNIQUE (txn_id),
  constraint mandates_umn_key UNIQUE (umn)
);
CREATE UNIQUE INDEX mandates_by_number ON payment.mandates USING btree (split_part(umn, '@'::text, 1)) WHERE (umn IS NOT NULL);
CREATE INDEX mandates_of_payee ON payment.mandates USING btree (payee_user_id, created_at, id);
CREATE INDEX mandates_of_payer ON payment.mandates USING btree (payer_user_id, created_at, id);
CREATE UNIQUE INDEX mandates_one_an_order ON payment.mandates USING btree (payee_vpa, order_reference) WHERE ((order_reference IS NOT NULL) AND (status <> ALL (ARRAY['failed'::text, 'declined'::text])));

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table open_payments (
  payment_id uuid not null,
  due_at timestamp with time zone not null,
  tries integer default 0 not null,
  constraint open_payments_pkey PRIMARY KEY (payment_id)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX open_payments_due ON payment.open_payments USING btree (due_at);

create table payer_tiers (
  user_id uuid not null,
  tier text not null,
  until timestamp with time zone not null,
  constraint payer_tiers_tier_check CHECK ((tier = ANY (ARRAY['minimum'::text, 'full'::text]))),
  constraint payer_tiers_pkey PRIMARY KEY (user_id)
);

create table payers (
  user_id uuid not null,
  constraint payers_pkey PRIMARY KEY (user_id)
);

create table payment_controls (
  user_id uuid not null,
  version integer not null,
  set_at timestamp with time zone not null,
  effective_from timestamp with time zone not null,
  controls jsonb not null,
  constraint payment_controls_check CHECK ((effective_from >= set_at)),
  constraint payment_controls_controls_check CHECK ((jsonb_typeof(controls) = 'object'::text)),
  constraint payment_controls_version_check CHECK ((version > 0)),
  constraint payment_controls_pkey PRIMARY KEY (user_id, version, effective_from)
);

create table payment_minutes (
  minute timestamp with time zone not null,
  settled integer not null,
  failed integer not null,
  pending integer not null,
  p99_ms integer,
  oldest_pending_s integer,
  constraint payment_minutes_failed_check CHECK ((failed >= 0)),
  constraint payment_minutes_minute_check CHECK ((date_trunc('minute'::text, minute) = minute)),
  constraint payment_minutes_oldest_pending_s_check CHECK ((oldest_pending_s >= 0)),
  constraint payment_minutes_p99_ms_check CHECK ((p99_ms >= 0)),
  constraint payment_minutes_pending_check CHECK ((pending >= 0)),
  constraint payment_minutes_settled_check CHECK ((settled >= 0)),
  constraint payment_minutes_pkey PRIMARY KEY (minute)
);
CREATE INDEX payment_minutes_pending ON payment.payment_minutes USING btree (minute) WHERE (pending > 0);

create table payment_requests (
  id uuid not null,
  version integer not null,
  payee_user_id uuid,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  payer_user_id uuid,
  payer_vpa text not null,
  payer_name text not null,
  amount_paise bigint not null,
  note text,
  status text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  reminders integer default 0 not null,
  reminded_at timestamp with time zone,
  payment_id uuid,
  input_hash bytea not null,
  payee_account_id uuid,
  txn_id text,
  rrn text,
  req_msg_id text,
  code text,
  app_client_id text,
  app_name text,
  app_reference text,
  constraint app_is_named CHECK ((((app_client_id IS NULL) = (app_name IS NULL)) AND ((app_client_id IS NOT NULL) OR (app_reference IS NULL)))),
  constraint failed_by_a_code CHECK (((status = 'failed'::text) <= (code IS NOT NULL))),
  constraint final_is_final CHECK (((status = 'pending'::text) = (completed_at IS NULL))),
  constraint network_has_one_side CHECK ((((txn_id IS NULL) = ((payee_user_id IS NOT NULL) AND (payer_user_id IS NOT NULL))) AND ((payee_user_id IS NOT NULL) OR (payer_user_id IS NOT NULL)) AND ((txn_id IS NULL) = (rrn IS NULL)) AND ((req_msg_id IS NOT NULL) = (payee_user_id IS NULL)))),
  constraint paid_by_a_payment CHECK (
CASE status
    WHEN 'paid'::text THEN (payment_id IS NOT NULL)
    WHEN 'pending'::text THEN true
    ELSE (payment_id IS NULL)
END),
  constraint payment_requests_amount_paise_check CHECK ((amount_paise > 0)),
  constraint payment_requests_check CHECK ((payer_user_id <> payee_user_id)),
  constraint payment_requests_check1 CHECK ((expires_at > created_at)),
  constraint payment_requests_input_hash_check CHECK ((length(input_hash) = 32)),
  constraint payment_requests_rrn_check CHECK ((length(rrn) = 12)),
  constraint payment_requests_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'paid'::text, 'declined'::text, 'cancelled'::text, 'expired'::text, 'failed'::text]))),
  constraint payment_requests_txn_id_check CHECK ((length(txn_id) = 35)),
  constraint payment_requests_version_check CHECK ((version > 0)),
  constraint payment_requests_pkey PRIMARY KEY (id),
  constraint payment_requests_txn_id_key UNIQUE (txn_id)
);
CREATE INDEX payment_requests_of_payee ON payment.payment_requests USING btree (payee_user_id, created_at, id);
CREATE INDEX payment_requests_of_payer ON payment.payment_requests USING btree (payer_user_id, created_at, id);
CREATE INDEX payment_requests_open_of_apps ON payment.payment_requests USING btree (payer_user_id) WHERE ((status = 'pending'::text) AND (app_client_id IS NOT NULL));

create table payment_stops (
  id uuid not null,
  scope text not null,
  handle text,
  reason text not null,
  message text,
  set_by uuid not null,
  set_at timestamp with time zone not null,
  ended_by uuid,
  ended_at timestamp with time zone,
  end_reason text,
  constraint payment_stops_check CHECK (((handle IS NOT NULL) = (scope = 'handle'::text))),
  constraint payment_stops_check1 CHECK ((ended_at >= set_at)),
  constraint payment_stops_check2 CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint payment_stops_check3 CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
  constraint payment_stops_scope_check CHECK ((scope = ANY (ARRAY['everything'::text, 'payments'::text, 'requests'::text, 'mandates'::text, 'across-banks'::text, 'handle'::text]))),
  constraint payment_stops_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX payment_stops_in_force ON payment.payment_stops USING btree (scope, COALESCE(handle, ''::text)) WHERE (ended_at IS NULL);

create table payments (
  id uuid not null,
  payer_user_id uuid,
  payer_account_id uuid,
  payee_user_id uuid,
  payee_account_id uuid,
  amount_paise bigint not null,
  version integer not null,
  created_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  deemed_at timestamp with time zone,
  tries_left smallint,
  route "char" not null,
  status text not null,
  code text,
  txn_prefix text not null,
  rrn text not null,
  payer_vpa text not null,
  payer_name text not null,
  payer_bank text,
  payer_masked text,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  note text,
  initiation_mode text not null,
  purpose text not null,
  reference text,
  mcc text not null,
  origin_kind text not null,
  origin_id text,
  assessment jsonb,
  limit_category text,
  input_hash bytea not null,
  info_url text,
  constraint assessed_unless_inbound CHECK (((assessment IS NULL) = (route = 'i'::"char"))),
  constraint final_is_final CHECK (
CASE status
    WHEN 'pending'::text THEN ((code IS NULL) AND (completed_at IS NULL))
    WHEN 'settled'::text THEN ((code = '00'::text) AND (completed_at IS NOT NULL) AND ((payee_account_id IS NOT NULL) OR (route <> 'l'::"char")))
    ELSE ((code <> '00'::text) AND (completed_at IS NOT NULL))
END),
  constraint payer_is_known CHECK ((((payer_user_id IS NULL) = (route = 'i'::"char")) AND ((payer_account_id IS NULL) = (route = 'i'::"char")))),
  constraint payments_amount_paise_check CHECK ((amount_paise > 0)),
  constraint payments_initiation_mode_check CHECK ((initiation_mode ~ '^[0-9]{2}$'::text)),
  constraint payments_input_hash_check CHECK ((length(input_hash) = 32)),
  constraint payments_mcc_check CHECK ((mcc ~ '^[0-9]{4}$'::text)),
  constraint payments_purpose_check CHECK ((purpose ~ '^[0-9]{2}$'::text)),
  constraint payments_route_check CHECK ((route = ANY (ARRAY['l'::"char", 'o'::"char", 't'::"char", 'i'::"char"]))),
  constraint payments_rrn_check CHECK ((length(rrn) = 12)),
  constraint payments_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'settled'::text, 'failed'::text]))),
  constraint payments_txn_prefix_check CHECK ((length(txn_prefix) = ANY (ARRAY[3, 35]))),
  constraint payments_version_check CHECK ((version > 0)),
  constraint payments_pkey PRIMARY KEY (id)
) partition by RANGE (id);
CREATE INDEX payments_by_rrn ON ONLY payment.payments USING brin (rrn);
CREATE INDEX payments_of_other_apps ON ONLY payment.payments USING btree (txn_prefix) WHERE (length(txn_prefix) = 35);
CREATE INDEX payments_of_payee ON ONLY payment.payments USING btree (payee_user_id, created_at, id) WHERE (payee_user_id IS NOT NULL);
CREATE INDEX payments_of_payer ON ONLY payment.payments USING btree (payer_user_id, created_at, id) WHERE (payer_user_id IS NOT NULL);
CREATE INDEX payments_through_network ON ONLY payment.payments USING btree (created_at) WHERE (route <> 'l'::"char");

create table payments_default (
  id uuid not null,
  payer_user_id uuid,
  payer_account_id uuid,
  payee_user_id uuid,
  payee_account_id uuid,
  amount_paise bigint not null,
  version integer not null,
  created_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  deemed_at timestamp with time zone,
  tries_left smallint,
  route "char" not null,
  status text not null,
  code text,
  txn_prefix text not null,
  rrn text not null,
  payer_vpa text not null,
  payer_name text not null,
  payer_bank text,
  payer_masked text,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  note text,
  initiation_mode text not null,
  purpose text not null,
  reference text,
  mcc text not null,
  origin_kind text not null,
  origin_id text,
  assessment jsonb,
  limit_category text,
  input_hash bytea not null,
  info_url text,
  constraint assessed_unless_inbound CHECK (((assessment IS NULL) = (route = 'i'::"char"))),
  constraint final_is_final CHECK (
CASE status
    WHEN 'pending'::text THEN ((code IS NULL) AND (completed_at IS NULL))
    WHEN 'settled'::text THEN ((code = '00'::text) AND (completed_at IS NOT NULL) AND ((payee_account_id IS NOT NULL) OR (route <> 'l'::"char")))
    ELSE ((code <> '00'::text) AND (completed_at IS NOT NULL))
END),
  constraint payer_is_known CHECK ((((payer_user_id IS NULL) = (route = 'i'::"char")) AND ((payer_account_id IS NULL) = (route = 'i'::"char")))),
  constraint payments_amount_paise_check CHECK ((amount_paise > 0)),
  constraint payments_initiation_mode_check CHECK ((initiation_mode ~ '^[0-9]{2}$'::text)),
  constraint payments_input_hash_check CHECK ((length(input_hash) = 32)),
  constraint payments_mcc_check CHECK ((mcc ~ '^[0-9]{4}$'::text)),
  constraint payments_purpose_check CHECK ((purpose ~ '^[0-9]{2}$'::text)),
  constraint payments_route_check CHECK ((route = ANY (ARRAY['l'::"char", 'o'::"char", 't'::"char", 'i'::"char"]))),
  constraint payments_rrn_check CHECK ((length(rrn) = 12)),
  constraint payments_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'settled'::text, 'failed'::text]))),
  constraint payments_txn_prefix_check CHECK ((length(txn_prefix) = ANY (ARRAY[3, 35]))),
  constraint payments_version_check CHECK ((version > 0)),
  constraint payments_default_pkey PRIMARY KEY (id)
) partition of payments DEFAULT with (fillfactor=70);
CREATE INDEX payments_default_created_at_idx ON payment.payments_default USING btree (created_at) WHERE (route <> 'l'::"char");
CREATE INDEX payments_default_payee_user_id_created_at_id_idx ON payment.payments_default USING btree (payee_user_id, created_at, id) WHERE (payee_user_id IS NOT NULL);
CREATE INDEX payments_default_payer_user_id_created_at_id_idx ON payment.payments_default USING btree (payer_user_id, created_at, id) WHERE (payer_user_id IS NOT NULL);
CREATE INDEX payments_default_rrn_idx ON payment.payments_default USING brin (rrn);
CREATE INDEX payments_default_txn_prefix_idx1 ON payment.payments_default USING btree (txn_prefix) WHERE (length(txn_prefix) = 35);

create table personal_limits (
  user_id uuid not null,
  effective_from timestamp with time zone not null,
  per_transaction_paise bigint,
  per_day_paise bigint,
  per_day_count integer,
  constraint personal_limits_per_day_count_check CHECK ((per_day_count >= 0)),
  constraint personal_limits_per_day_paise_check CHECK ((per_day_paise >= 0)),
  constraint personal_limits_per_transaction_paise_check CHECK ((per_transaction_paise >= 0)),
  constraint personal_limits_pkey PRIMARY KEY (user_id, effective_from)
);

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

create table reports (
  id uuid not null,
  user_id uuid not null,
  vpa text not null,
  reported_user_id uuid,
  reason text not null,
  text text,
  payment_id uuid,
  at timestamp with time zone not null,
  constraint reports_reason_check CHECK ((reason = ANY (ARRAY['fraud'::text, 'impersonation'::text, 'spam'::text, 'other'::text]))),
  constraint reports_pkey PRIMARY KEY (id)
);
CREATE INDEX reports_at ON payment.reports USING btree (at);
CREATE INDEX reports_of_user ON payment.reports USING btree (user_id, at);
CREATE INDEX reports_of_vpa ON payment.reports USING btree (vpa, at);

create table schedule_occurrences (
  id uuid not null,
  schedule_id uuid not null,
  number integer not null,
  due_on date not null,
  status text not null,
  reminded_at timestamp with time zone,
  announced_at timestamp with time zone,
  payable_until timestamp with time zone,
  payment_id uuid,
  completed_at timestamp with time zone,
  next_payment_id uuid,
  constraint due_is_announced CHECK (
CASE status
    WHEN 'upcoming'::text THEN (announced_at IS NULL)
    WHEN 'due'::text THEN ((announced_at IS NOT NULL) AND (payable_until IS NOT NULL))
    WHEN 'paid'::text THEN (announced_at IS NOT NULL)
    ELSE true
END),
  constraint final_has_a_time CHECK (((status = ANY (ARRAY['upcoming'::text, 'due'::text])) = (completed_at IS NULL))),
  constraint paid_by_a_payment CHECK (
CASE status
    WHEN 'paid'::text THEN (payment_id IS NOT NULL)
    WHEN 'due'::text THEN true
    ELSE (payment_id IS NULL)
END),
  constraint schedule_occurrences_number_check CHECK ((number > 0)),
  constraint schedule_occurrences_status_check CHECK ((status = ANY (ARRAY['upcoming'::text, 'due'::text, 'paid'::text, 'skipped'::text, 'missed'::text]))),
  constraint schedule_occurrences_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES schedules(id),
  constraint schedule_occurrences_pkey PRIMARY KEY (id),
  constraint schedule_occurrences_schedule_id_number_key UNIQUE (schedule_id, number)
);
CREATE INDEX due_occurrences ON payment.schedule_occurrences USING btree (schedule_id) WHERE (status = 'due'::text);
CREATE UNIQUE INDEX one_upcoming_occurrence ON payment.schedule_occurrences USING btree (schedule_id) WHERE (status = 'upcoming'::text);

create table schedules (
  id uuid not null,
  version integer not null,
  payer_user_id uuid not null,
  payer_vpa text not null,
  payer_name text not null,
  payee_user_id uuid,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  amount_paise bigint not null,
  note text,
  recurrence text not null,
  starts_on date not null,
  until_on date,
  max_count integer,
  status text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  input_hash bytea not null,
  constraint final_has_a_time CHECK (((status = ANY (ARRAY['completed'::text, 'ended'::text])) = (ended_at IS NOT NULL))),
  constraint schedules_amount_paise_check CHECK ((amount_paise > 0)),
  constraint schedules_check CHECK ((payee_vpa <> payer_vpa)),
  constraint schedules_check1 CHECK ((until_on >= starts_on)),
  constraint schedules_input_hash_check CHECK ((length(input_hash) = 32)),
  constraint schedules_max_count_check CHECK ((max_count > 0)),
  constraint schedules_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'completed'::text, 'ended'::text]))),
  constraint schedules_version_check CHECK ((version > 0)),
  constraint schedules_pkey PRIMARY KEY (id)
);
CREATE INDEX schedules_of_payer ON payment.schedules USING btree (payer_user_id, created_at, id);

create table settlement_cycles (
  id text not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  complete_until timestamp with time zone,
  network_net_paise bigint,
  ledger_net_paise bigint,
  matched integer,
  reconciled_at timestamp with time zone,
  leased_until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint settlement_cycles_id_check CHECK ((id ~ '^\d{4}-\d{2}-\d{2}\.C\d{2}$'::text)),
  constraint settlement_cycles_pkey PRIMARY KEY (id)
);

create table settlement_rows (
  txn_id text not null,
  leg text not null,
  cycle text not null,
  rrn text not null,
  amount_paise bigint not null,
  result text not null,
  at timestamp with time zone not null,
  constraint settlement_rows_amount_paise_check CHECK ((amount_paise > 0)),
  constraint settlement_rows_leg_check CHECK ((leg = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text, 'DEBIT-REVERSAL'::text, 'CREDIT-REVERSAL'::text]))),
  constraint settlement_rows_result_check CHECK ((result = ANY (ARRAY['SUCCESS'::text, 'DEEMED'::text]))),
  constraint settlement_rows_cycle_fkey FOREIGN KEY (cycle) REFERENCES settlement_cycles(id),
  constraint settlement_rows_pkey PRIMARY KEY (txn_id, leg, cycle)
);
CREATE INDEX settlement_rows_of_cycle ON payment.settlement_rows USING btree (cycle, txn_id);

create table statements (
  id uuid not null,
  user_id uuid not null,
  account_id uuid,
  from_on date not null,
  to_on date not null,
  format text not null,
  language text not null,
  status text not null,
  done integer default 0 not null,
  total integer default 0 not null,
  created_at timestamp with time zone not null,
  made_at timestamp with time zone,
  expires_at timestamp with time zone,
  sha256 text,
  audit_hash text,
  account_masked text,
  constraint ready_has_a_file CHECK ((((status = ANY (ARRAY['ready'::text, 'expired'::text])) = (sha256 IS NOT NULL)) AND ((sha256 IS NULL) = (expires_at IS NULL)) AND ((sha256 IS NULL) = (made_at IS NULL)) AND ((sha256 IS NULL) = (audit_hash IS NULL)))),
  constraint statements_audit_hash_check CHECK ((length(audit_hash) = 64)),
  constraint statements_check CHECK ((to_on >= from_on)),
  constraint statements_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'pdf'::text, 'xlsx'::text]))),
  constraint statements_language_check CHECK ((language = ANY (ARRAY['en'::text, 'hi'::text]))),
  constraint statements_sha256_check CHECK ((length(sha256) = 64)),
  constraint statements_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'ready'::text, 'failed'::text, 'expired'::text]))),
  constraint statements_pkey PRIMARY KEY (id)
);
CREATE INDEX statements_of_person ON payment.statements USING btree (user_id, created_at);

create sequence rrn_sequence as bigint start 0 increment 1 minvalue 0 maxvalue 999999999 cache 1 cycle;

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

create function close_person(person uuid)
  returns void
  language sql security definer set search_path=payment, pg_temp
  -- body e9372dc4edd600e8

create function erase_person(person uuid, names text[])
  returns void
  language sql security definer set search_path=payment, pg_temp
  -- body 1da89b6a1a369483

create function erased_vpa(vpa text)
  returns text
  language sql immutable
  -- body a8541ad347a554b3

create function make_partitions(ahead integer)
  returns integer
  language plpgsql security definer set search_path=payment, pg_temp
  -- body de9893b6eaaefcca

create function redact_events(changes json)
  returns void
  language sql security definer set search_path=payment, pg_temp
  -- body 27d5d662e033884a

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

grant usage on schema payment to bahi_payment;
grant usage on schema payment to bahi_reporting;
grant select on archived_months to bahi_payment;
grant select on archived_months to bahi_reporting;
grant delete, insert, select on blocked_people to bahi_payment;
grant select on blocked_people to bahi_reporting;
grant delete, insert, select, update (paid_at) on code_orders to bahi_payment;
grant select on code_orders to bahi_reporting;
grant insert, select, update on differences to bahi_payment;
grant select on differences to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_payment;
grant select on due_work to bahi_reporting;
grant insert, select on events to bahi_payment;
grant select on events to bahi_reporting;
grant select on events_full to bahi_payment;
grant select on events_full to bahi_reporting;
grant delete, insert, select on frozen_people to bahi_payment;
grant select on frozen_people to bahi_reporting;
grant delete, insert, select on hidden_payments to bahi_payment;
grant select on hidden_payments to bahi_reporting;
grant delete, insert, select on inbox to bahi_payment;
grant select on inbox to bahi_reporting;
grant insert, select, update (period, amount_paise, note, due_on, announced_at, execute_at, status, attempts, code, payment_id, completed_at, txn_id, rrn, req_msg_id, txn_attempt, noticed_at, begun_at, answer_until) on mandate_debits to bahi_payment;
grant select on mandate_debits to bahi_reporting;
grant insert, select, update (decided_at, code, let_go) on mandate_operations to bahi_payment;
grant select on mandate_operations to bahi_reporting;
grant insert, select, update (version, payer_user_id, payer_account_id, payer_vpa, payer_name, payer_bank, payer_masked, terms, status, paused_from, paused_until, operations, pending_operation, code, tries_left, expires_at, ended_at, last_sequence, last_period, umn, reported_at, ported_at, ported_from) on mandates to bahi_payment;
grant select on mandates to bahi_reporting;
grant select on migrations to bahi_payment;
grant select on migrations to bahi_reporting;
grant delete, insert, select, update on open_payments to bahi_payment;
grant select on open_payments to bahi_reporting;
grant delete, insert, select, update (tier, until) on payer_tiers to bahi_payment;
grant select on payer_tiers to bahi_reporting;
grant insert, select, update on payers to bahi_payment;
grant select on payers to bahi_reporting;
grant insert, select on payment_controls to bahi_payment;
grant select on payment_controls to bahi_reporting;
grant delete, insert, select, update (settled, failed, pending, p99_ms) on payment_minutes to bahi_payment;
grant select on payment_minutes to bahi_reporting;
grant insert, select, update (version, status, completed_at, reminders, reminded_at, payment_id, code) on payment_requests to bahi_payment;
grant select on payment_requests to bahi_reporting;
grant insert, select, update (ended_by, ended_at, end_reason) on payment_stops to bahi_payment;
grant select on payment_stops to bahi_reporting;
grant insert, select, update (version, completed_at, deemed_at, tries_left, status, code) on payments to bahi_payment;
grant select on payments to bahi_reporting;
grant select on payments_default to bahi_reporting;
grant insert, select on personal_limits to bahi_payment;
grant select on personal_limits to bahi_reporting;
grant select, update on relay to bahi_payment;
grant select on relay to bahi_reporting;
grant select on repeatables to bahi_payment;
grant select on repeatables to bahi_reporting;
grant delete, insert, select on reports to bahi_payment;
grant select on reports to bahi_reporting;
grant usage on rrn_sequence to bahi_payment;
grant delete, insert, select, update (status, reminded_at, announced_at, payable_until, payment_id, completed_at, next_payment_id) on schedule_occurrences to bahi_payment;
grant select on schedule_occurrences to bahi_reporting;
grant insert, select, update (version, payer_vpa, payer_name, amount_paise, note, recurrence, starts_on, until_on, max_count, status, ended_at) on schedules to bahi_payment;
grant select on schedules to bahi_reporting;
grant insert, select, update on settlement_cycles to bahi_payment;
grant select on settlement_cycles to bahi_reporting;
grant insert, select, update on settlement_rows to bahi_payment;
grant select on settlement_rows to bahi_reporting;
grant delete, insert, select, update (status, done, total, made_at, expires_at, sha256, audit_hash, account_masked) on statements to bahi_payment;
grant select on statements to bahi_reporting;
grant execute on function close_person(uuid) to bahi_payment;
grant execute on function erase_person(uuid,text[]) to bahi_payment;
grant execute on function erased_vpa(text) to bahi_payment;
grant execute on function make_partitions(integer) to bahi_payment;
grant execute on function redact_events(json) to bahi_payment;
grant execute on function uuid_at(timestamp with time zone) to bahi_payment;
