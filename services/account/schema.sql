-- The schema account after its migrations. Written by npm run schema, not by hand.

create table archived_entries (
  month date not null,
  account_id bigint not null,
  entries bigint not null,
  amount_paise bigint not null,
  first_nth bigint not null,
  last_nth bigint not null,
  constraint archived_entries_entries_check CHECK ((entries > 0)),
  constraint archived_entries_month_fkey FOREIGN KEY (month) REFERENCES archived_months(month),
  constraint archived_entries_pkey PRIMARY KEY (account_id, month)
);

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

create table bank_accounts (
  id uuid not null,
  ledger_account_id bigint not null,
  number_fingerprint bytea,
  number_sealed text,
  phone_fingerprint bytea,
  phone_sealed text,
  type text not null,
  card_fingerprint bytea,
  card_wrong_tries smallint default 0 not null,
  card_locked_until timestamp with time zone,
  pin_verifier bytea,
  pin_wrong_tries smallint default 0 not null,
  pin_locked_until timestamp with time zone,
  pin_set_at timestamp with time zone,
  opened_at timestamp with time zone not null,
  mcc text,
  holder_name_sealed text,
  constraint bank_accounts_card_wrong_tries_check CHECK ((card_wrong_tries >= 0)),
  constraint bank_accounts_check CHECK (((pin_verifier IS NULL) = (pin_set_at IS NULL))),
  constraint bank_accounts_mcc_check CHECK (((mcc ~ '^[0-9]{4}$'::text) AND (mcc <> '0000'::text))),
  constraint bank_accounts_pin_verifier_check CHECK ((octet_length(pin_verifier) = 32)),
  constraint bank_accounts_pin_wrong_tries_check CHECK ((pin_wrong_tries >= 0)),
  constraint bank_accounts_type_check CHECK ((type = ANY (ARRAY['savings'::text, 'current'::text]))),
  constraint named_unless_erased CHECK (((holder_name_sealed IS NULL) = (number_sealed IS NULL))),
  constraint bank_accounts_ledger_account_id_fkey FOREIGN KEY (ledger_account_id) REFERENCES ledger_accounts(id),
  constraint bank_accounts_pkey PRIMARY KEY (id),
  constraint bank_accounts_ledger_account_id_key UNIQUE (ledger_account_id),
  constraint bank_accounts_number_fingerprint_key UNIQUE (number_fingerprint)
) with (fillfactor=70);
CREATE INDEX bank_accounts_of_phone ON account.bank_accounts USING btree (phone_fingerprint, opened_at DESC);

create table conversions (
  id uuid not null,
  sold_transfer uuid not null,
  bought_transfer uuid not null,
  rate numeric(24,12) not null,
  at timestamp with time zone not null,
  constraint conversions_rate_check CHECK ((rate > (0)::numeric)),
  constraint conversions_pkey PRIMARY KEY (id),
  constraint conversions_bought_transfer_key UNIQUE (bought_transfer),
  constraint conversions_sold_transfer_key UNIQUE (sold_transfer)
);

create table currencies (
  code character(3) not null,
  exponent smallint not null,
  opened_from timestamp with time zone,
  constraint currencies_code_check CHECK ((code ~ '^[A-Z]{3}$'::text)),
  constraint currencies_exponent_check CHECK (((exponent >= 0) AND (exponent <= 4))),
  constraint currencies_pkey PRIMARY KEY (code)
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
CREATE INDEX due_work_due ON account.due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON account.due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

create table entries (
  transfer_id uuid not null,
  account_id bigint not null,
  nth bigint not null,
  amount_paise bigint not null,
  balance_paise bigint not null,
  constraint entries_amount_paise_check CHECK ((amount_paise <> 0)),
  constraint entries_nth_check CHECK ((nth > 0)),
  constraint entries_pkey PRIMARY KEY (transfer_id, account_id)
) partition by RANGE (transfer_id);
CREATE UNIQUE INDEX entries_of_account ON ONLY account.entries USING btree (account_id, nth, transfer_id);

create table entries_default (
  transfer_id uuid not null,
  account_id bigint not null,
  nth bigint not null,
  amount_paise bigint not null,
  balance_paise bigint not null,
  constraint entries_amount_paise_check CHECK ((amount_paise <> 0)),
  constraint entries_nth_check CHECK ((nth > 0)),
  constraint entries_default_pkey PRIMARY KEY (transfer_id, account_id)
) partition of entries DEFAULT;
CREATE UNIQUE INDEX entries_default_account_id_nth_transfer_id_idx ON account.entries_default USING btree (account_id, nth, transfer_id);

create table erased_names (
  mark uuid not null,
  constraint erased_names_pkey PRIMARY KEY (mark)
);

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
CREATE UNIQUE INDEX events_xid ON account.events USING btree (xid, seq);

create table frozen_people (
  user_id uuid not null,
  ledger_account_id bigint not null,
  frozen_at timestamp with time zone not null,
  constraint frozen_people_ledger_account_id_fkey FOREIGN KEY (ledger_account_id) REFERENCES ledger_accounts(id),
  constraint frozen_people_pkey PRIMARY KEY (user_id, ledger_account_id)
);
CREATE INDEX frozen_people_of_account ON account.frozen_people USING btree (ledger_account_id);

create table holds (
  id uuid not null,
  debit_account bigint not null,
  credit_account bigint not null,
  amount_paise bigint not null,
  expires_at timestamp with time zone not null,
  closed_by uuid,
  outcome text,
  constraint holds_amount_paise_check CHECK ((amount_paise > 0)),
  constraint holds_check CHECK (((closed_by IS NULL) = (outcome IS NULL))),
  constraint holds_outcome_check CHECK ((outcome = ANY (ARRAY['captured'::text, 'voided'::text, 'expired'::text]))),
  constraint holds_pkey PRIMARY KEY (id)
);
CREATE INDEX holds_open ON account.holds USING btree (expires_at) WHERE (closed_by IS NULL);

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON account.inbox USING brin (at);

create table internal_accounts (
  name text not null,
  ledger_account_id bigint not null,
  constraint internal_accounts_ledger_account_id_fkey FOREIGN KEY (ledger_account_id) REFERENCES ledger_accounts(id),
  constraint internal_accounts_pkey PRIMARY KEY (name),
  constraint internal_accounts_ledger_account_id_key UNIQUE (ledger_account_id)
);

create table ledger_accounts (
  id bigint generated always as identity not null,
  currency character(3) default 'INR'::bpchar not null,
  balance_paise bigint default 0 not null,
  held_paise bigint default 0 not null,
  floor_paise bigint,
  entry_count bigint default 0 not null,
  status text default 'open'::text not null,
  opened_at timestamp with time zone default now() not null,
  is_closing boolean default false not null,
  constraint ledger_accounts_held_paise_check CHECK ((held_paise >= 0)),
  constraint ledger_accounts_status_check CHECK ((status = ANY (ARRAY['open'::text, 'frozen'::text, 'closed'::text]))),
  constraint no_overdraft CHECK (((floor_paise IS NULL) OR ((balance_paise - held_paise) >= floor_paise))),
  constraint currency_is_known FOREIGN KEY (currency) REFERENCES currencies(code),
  constraint ledger_accounts_pkey PRIMARY KEY (id)
) with (fillfactor=70);

create table linked_accounts (
  id uuid not null,
  user_id uuid not null,
  bank text not null,
  bank_name text not null,
  ifsc text not null,
  account_ref text not null,
  bank_account_id uuid,
  masked_number text not null,
  type text not null,
  pin_length smallint not null,
  pin_set boolean default false not null,
  linked_at timestamp with time zone not null,
  unlinked_at timestamp with time zone,
  sends_by_default boolean default false not null,
  mcc text,
  holder_name_sealed text,
  constraint linked_accounts_bank_check CHECK ((bank ~ '^[A-Z]{4}$'::text)),
  constraint linked_accounts_mcc_check CHECK (((mcc ~ '^[0-9]{4}$'::text) AND (mcc <> '0000'::text))),
  constraint linked_accounts_pin_length_check CHECK ((pin_length = ANY (ARRAY[4, 6]))),
  constraint linked_accounts_type_check CHECK ((type = ANY (ARRAY['savings'::text, 'current'::text]))),
  constraint named_unless_erased CHECK (((holder_name_sealed IS NULL) = (masked_number = 'erased'::text))),
  constraint unlinked_sends_nothing CHECK (((unlinked_at IS NULL) OR (NOT sends_by_default))),
  constraint linked_accounts_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_accounts(id),
  constraint linked_accounts_pkey PRIMARY KEY (id),
  constraint linked_accounts_id_user_id_key UNIQUE (id, user_id),
  constraint linked_once UNIQUE (user_id, bank, account_ref)
);
CREATE INDEX linked_accounts_of_bank ON account.linked_accounts USING btree (bank_account_id) WHERE (unlinked_at IS NULL);
CREATE UNIQUE INDEX linked_accounts_one_default ON account.linked_accounts USING btree (user_id) WHERE sends_by_default;

create table mandate_debits (
  umn text not null,
  sequence integer not null,
  transfer_id uuid not null,
  amount_paise bigint not null,
  posted_at timestamp with time zone not null,
  unreported text,
  constraint mandate_debits_sequence_check CHECK ((sequence > 0)),
  constraint mandate_debits_unreported_check CHECK ((unreported = ANY (ARRAY['debited'::text, 'returned'::text]))),
  constraint mandate_debits_of_mandate FOREIGN KEY (umn) REFERENCES mandates(umn) ON UPDATE CASCADE,
  constraint mandate_debits_pkey PRIMARY KEY (umn, sequence),
  constraint mandate_debits_transfer_id_key UNIQUE (transfer_id)
);

create table mandate_operations (
  umn text not null,
  nth integer not null,
  type text not null,
  code text not null,
  tries_left integer,
  decided_at timestamp with time zone not null,
  constraint mandate_operations_nth_check CHECK ((nth > 0)),
  constraint mandate_operations_pkey PRIMARY KEY (umn, nth)
);

create table mandate_requests (
  txn_id text not null,
  umn text not null,
  type text not null,
  content bytea not null,
  code text not null,
  decided_at timestamp with time zone not null,
  constraint mandate_requests_type_check CHECK ((type = ANY (ARRAY['create'::text, 'update'::text, 'pause'::text, 'unpause'::text, 'revoke'::text]))),
  constraint mandate_requests_pkey PRIMARY KEY (txn_id)
);

create table mandates (
  umn text not null,
  mandate_id uuid not null,
  user_id uuid not null,
  account_id uuid not null,
  bank_account_id uuid not null,
  payee_vpa text not null,
  amount_rule text not null,
  amount_paise bigint not null,
  valid_from date not null,
  valid_to date not null,
  paused_from date,
  paused_until date,
  one_time boolean not null,
  revoked_at timestamp with time zone,
  hold_id uuid,
  constraint mandates_amount_paise_check CHECK ((amount_paise > 0)),
  constraint mandates_amount_rule_check CHECK ((amount_rule = ANY (ARRAY['EXACT'::text, 'MAX'::text]))),
  constraint mandates_check CHECK ((valid_to >= valid_from)),
  constraint mandates_check1 CHECK (((paused_from IS NULL) = (paused_until IS NULL))),
  constraint mandates_umn_check CHECK ((umn = lower(umn))),
  constraint mandates_account_id_fkey FOREIGN KEY (account_id) REFERENCES linked_accounts(id),
  constraint mandates_bank_account_id_fkey FOREIGN KEY (bank_account_id) REFERENCES bank_accounts(id),
  constraint mandates_pkey PRIMARY KEY (umn),
  constraint mandates_mandate_id_key UNIQUE (mandate_id)
);
CREATE INDEX mandates_of_account ON account.mandates USING btree (account_id) WHERE (revoked_at IS NULL);
CREATE INDEX mandates_of_payee ON account.mandates USING btree (payee_vpa);

create table mandates_elsewhere (
  umn text not null,
  account_id uuid not null,
  nth integer not null,
  live_until date,
  answered boolean default true not null,
  constraint mandates_elsewhere_nth_check CHECK ((nth > 0)),
  constraint mandates_elsewhere_umn_check CHECK ((umn = lower(umn))),
  constraint mandates_elsewhere_account_id_fkey FOREIGN KEY (account_id) REFERENCES linked_accounts(id),
  constraint mandates_elsewhere_pkey PRIMARY KEY (umn)
);
CREATE INDEX mandates_elsewhere_of_account ON account.mandates_elsewhere USING btree (account_id) WHERE (live_until IS NOT NULL);

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table network_legs (
  txn_id text not null,
  leg text not null,
  rrn text not null,
  amount_paise bigint,
  account_ref text,
  addr text,
  transfer_id uuid,
  code text not null,
  posted_at timestamp with time zone not null,
  constraint network_legs_amount_paise_check CHECK ((amount_paise > 0)),
  constraint network_legs_check CHECK (((code <> '00'::text) OR (transfer_id IS NOT NULL))),
  constraint network_legs_check1 CHECK (((amount_paise IS NOT NULL) OR (code = ANY (ARRAY['NC'::text, 'ND'::text])))),
  constraint network_legs_leg_check CHECK ((leg = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text, 'DEBIT-REVERSAL'::text, 'CREDIT-REVERSAL'::text]))),
  constraint network_legs_pkey PRIMARY KEY (txn_id, leg)
);
CREATE UNIQUE INDEX network_legs_of_transfer ON account.network_legs USING btree (transfer_id);
CREATE INDEX network_legs_posted ON account.network_legs USING btree (posted_at, txn_id, leg) WHERE (code = '00'::text);

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

create table transfers (
  id uuid not null,
  posted_at timestamp with time zone not null,
  amount_paise bigint not null,
  debit_account bigint not null,
  credit_account bigint not null,
  pending_id uuid,
  kind "char" not null,
  code text not null,
  constraint transfers_check CHECK (
CASE
    WHEN (kind = 'n'::"char") THEN ((amount_paise = 0) AND (code <> '00'::text))
    ELSE (amount_paise > 0)
END),
  constraint transfers_kind_check CHECK ((kind = ANY (ARRAY['t'::"char", 'h'::"char", 'c'::"char", 'v'::"char", 'n'::"char"]))),
  constraint transfers_pkey PRIMARY KEY (id)
) partition by RANGE (id);

create table transfers_default (
  id uuid not null,
  posted_at timestamp with time zone not null,
  amount_paise bigint not null,
  debit_account bigint not null,
  credit_account bigint not null,
  pending_id uuid,
  kind "char" not null,
  code text not null,
  constraint transfers_check CHECK (
CASE
    WHEN (kind = 'n'::"char") THEN ((amount_paise = 0) AND (code <> '00'::text))
    ELSE (amount_paise > 0)
END),
  constraint transfers_kind_check CHECK ((kind = ANY (ARRAY['t'::"char", 'h'::"char", 'c'::"char", 'v'::"char", 'n'::"char"]))),
  constraint transfers_default_pkey PRIMARY KEY (id)
) partition of transfers DEFAULT;

create table upi_numbers (
  number text not null,
  user_id uuid not null,
  vpa text not null,
  since timestamp with time zone not null,
  released_at timestamp with time zone,
  is_revoked boolean default false not null,
  constraint revoked_is_released CHECK (((NOT is_revoked) OR (released_at IS NOT NULL))),
  constraint upi_numbers_number_check CHECK ((number ~ '^[1-9][0-9]{7,9}$'::text)),
  constraint upi_numbers_vpa_fkey FOREIGN KEY (vpa) REFERENCES vpas(vpa),
  constraint number_free PRIMARY KEY (number)
);
CREATE INDEX upi_numbers_of_user ON account.upi_numbers USING btree (user_id);
CREATE INDEX upi_numbers_of_vpa ON account.upi_numbers USING btree (vpa) WHERE (released_at IS NULL);

create table used_pin_blocks (
  digest bytea not null,
  used_at timestamp with time zone not null,
  constraint used_pin_blocks_pkey PRIMARY KEY (digest)
);
CREATE INDEX used_pin_blocks_at ON account.used_pin_blocks USING btree (used_at);

create table vpas (
  vpa text not null,
  user_id uuid not null,
  account_id uuid not null,
  is_primary boolean not null,
  created_at timestamp with time zone not null,
  released_at timestamp with time zone,
  released_by text,
  rules_checked_at timestamp with time zone,
  was_primary boolean default false not null,
  constraint vpas_released CHECK (((released_at IS NULL) = (released_by IS NULL))),
  constraint vpas_released_by_check CHECK ((released_by = ANY (ARRAY['owner'::text, 'operator'::text, 'rules'::text, 'revoked'::text]))),
  constraint vpas_released_is_not_primary CHECK (((released_at IS NULL) OR (NOT is_primary))),
  constraint vpas_vpa_check CHECK ((vpa = lower(vpa))),
  constraint vpas_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES linked_accounts(id, user_id),
  constraint vpa_free PRIMARY KEY (vpa)
);
CREATE INDEX vpas_of_account ON account.vpas USING btree (account_id);
CREATE INDEX vpas_of_user ON account.vpas USING btree (user_id);
CREATE UNIQUE INDEX vpas_one_primary ON account.vpas USING btree (user_id) WHERE is_primary;
CREATE INDEX vpas_unchecked ON account.vpas USING btree (vpa) WHERE ((rules_checked_at IS NULL) AND (released_at IS NULL));

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

create function authorise_and_post(items json, at timestamp with time zone, max_tries integer, lock_hours integer)
  returns TABLE(nth integer, id uuid, code text, posted_at timestamp with time zone, is_new boolean, tries_left integer, locked_now boolean)
  language plpgsql
  -- body 7b38b1f20717d4e2

create function book_faults()
  returns TABLE(fault text, detail text)
  language sql stable set search_path=account, pg_temp
  -- body a1814d276e89399a

create function bought_amount(sold bigint, rate numeric, sold_exponent integer, bought_exponent integer)
  returns bigint
  language sql immutable
  -- body d318baaa7e472d88

create function check_mandates(umns text[], sequences integer[], payers uuid[], payees text[], amounts bigint[], at timestamp with time zone)
  returns TABLE(nth integer, code text, hold uuid)
  language sql stable
  -- body c78b4a9c3cbd5a43

create function close_holds(items jsonb)
  returns TABLE(nth integer, id uuid, status text, closed_at timestamp with time zone, differs boolean)
  language plpgsql
  -- body 1ef7f03fefe19472

create function close_person(person uuid, now_at timestamp with time zone)
  returns boolean
  language plpgsql
  -- body eb35c2d3db96bc03

create function database_load(OUT connections integer, OUT connections_max integer, OUT transaction_ids_age bigint, OUT oldest_transaction_s double precision, OUT slots_unused integer)
  returns record
  language plpgsql stable security definer set search_path=account, pg_temp
  -- body bf13203f8c852367

create function database_server(OUT archives boolean, OUT archive_fails boolean, OUT unarchived_s double precision, OUT log_bytes bigint, OUT standby_names text, OUT streaming integer, OUT synchronous integer)
  returns record
  language plpgsql stable security definer set search_path=account, pg_temp
  -- body 0a2056c0287397d8

create function erase_person(person uuid, marks uuid[])
  returns void
  language plpgsql security definer set search_path=account, pg_temp
  -- body c95baa228269b472

create function is_archived(id uuid)
  returns boolean
  language sql stable set search_path=account, pg_temp
  -- body 4eec6866fe0eef19

create function ledger_faults()
  returns TABLE(fault text, detail text)
  language sql stable set search_path=account, pg_temp
  -- body 5a1642ee9e3a18f5

create function make_partitions(ahead integer)
  returns integer
  language plpgsql security definer set search_path=account, pg_temp
  -- body c1fcb334c1e77792

create function network_faults()
  returns TABLE(fault text, detail text)
  language sql stable set search_path=account, pg_temp
  -- body 438bc5de3dc1aa56

create function open_ledger_account(floor bigint DEFAULT 0, currency character DEFAULT 'INR'::bpchar)
  returns bigint
  language plpgsql
  -- body 840e05ccb21cec67

create function own_ledger_accounts(person uuid)
  returns bigint[]
  language sql stable
  -- body 432ece59c2e4281d

create function post_batch(v_ids uuid[], v_debits bigint[], v_credits bigint[], v_amounts bigint[])
  returns TABLE(nth integer, id uuid, code text, posted_at timestamp with time zone, is_new boolean)
  language plpgsql
  -- body eb286d86eaf5d942

create function post_conversion(p_id uuid, p_rate numeric, p_sold bigint, p_seller bigint, p_sold_position bigint, p_bought_position bigint, p_buyer bigint, p_sold_transfer uuid, p_bought_transfer uuid)
  returns text
  language plpgsql
  -- body 1a571b581988aa39

create function post_each(p_ids uuid[], p_kinds text[], p_debits bigint[], p_credits bigint[], p_amounts bigint[], p_decline_codes text[], p_expires_in_s integer[], p_pendings uuid[], p_expired boolean[], p_reversals boolean[])
  returns TABLE(nth integer, id uuid, code text, posted_at timestamp with time zone, is_new boolean)
  language plpgsql
  -- body 111e027bf52b7e42

create function post_legs(items jsonb, at timestamp with time zone, max_tries integer, lock_hours integer)
  returns TABLE(nth integer, code text, posted_at timestamp with time zone, bank_account_id uuid, locked_now boolean)
  language plpgsql
  -- body 5ce110f5f5bfbdf6

create function post_transfers(ids uuid[], kinds text[], debits bigint[], credits bigint[], amounts bigint[], decline_codes text[], expires_in_s integer[] DEFAULT NULL::integer[], pendings uuid[] DEFAULT NULL::uuid[], expired boolean[] DEFAULT NULL::boolean[], reversals boolean[] DEFAULT NULL::boolean[])
  returns TABLE(nth integer, id uuid, code text, posted_at timestamp with time zone, is_new boolean)
  language plpgsql
  -- body 7974d6418426fdbe

create function post_transfers(items jsonb)
  returns TABLE(nth integer, id uuid, code text, posted_at timestamp with time zone, is_new boolean)
  language sql
  -- body 0526e2606b60b6a9

create function redact_events(changes json)
  returns void
  language sql security definer set search_path=account, pg_temp
  -- body 27d5d662e033884a

create function set_closing(person uuid, closing boolean, when_empty boolean)
  returns boolean
  language plpgsql
  -- body a242dd4bf517f29d

create function try_pins(accounts uuid[], digests bytea[], at timestamp with time zone, max_tries integer, lock_hours integer)
  returns TABLE(nth integer, code text, tries_left integer, locked_now boolean)
  language plpgsql
  -- body 0f201134ad2c9acc

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

create function uuid_or_null(text)
  returns uuid
  language sql immutable
  -- body 50210f575ee59069

create function was_given_back(transfer_id uuid)
  returns boolean
  language sql stable
  -- body 16d7f5acd550b033

grant usage on schema account to bahi_account;
grant usage on schema account to bahi_reporting;
grant select on archived_entries to bahi_account;
grant select on archived_entries to bahi_reporting;
grant select on archived_months to bahi_account;
grant select on archived_months to bahi_reporting;
grant insert, select, update (card_wrong_tries, card_locked_until, pin_verifier, pin_wrong_tries, pin_locked_until, pin_set_at) on bank_accounts to bahi_account;
grant select on bank_accounts to bahi_reporting;
grant insert, select on conversions to bahi_account;
grant select on conversions to bahi_reporting;
grant select on currencies to bahi_account;
grant select on currencies to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_account;
grant select on due_work to bahi_reporting;
grant insert, select on entries to bahi_account;
grant select on entries to bahi_reporting;
grant select on entries_default to bahi_reporting;
grant select on erased_names to bahi_account;
grant select on erased_names to bahi_reporting;
grant insert, select on events to bahi_account;
grant select on events to bahi_reporting;
grant select on events_full to bahi_account;
grant select on events_full to bahi_reporting;
grant delete, insert, select on frozen_people to bahi_account;
grant select on frozen_people to bahi_reporting;
grant insert, select, update on holds to bahi_account;
grant select on holds to bahi_reporting;
grant delete, insert, select on inbox to bahi_account;
grant select on inbox to bahi_reporting;
grant select on internal_accounts to bahi_account;
grant select on internal_accounts to bahi_reporting;
grant insert, select, update on ledger_accounts to bahi_account;
grant select on ledger_accounts to bahi_reporting;
grant insert, select, update (bank_name, ifsc, masked_number, type, pin_length, pin_set, linked_at, unlinked_at, sends_by_default, mcc, holder_name_sealed) on linked_accounts to bahi_account;
grant select on linked_accounts to bahi_reporting;
grant insert, select, update (transfer_id, amount_paise, posted_at, unreported) on mandate_debits to bahi_account;
grant select on mandate_debits to bahi_reporting;
grant insert, select on mandate_operations to bahi_account;
grant select on mandate_operations to bahi_reporting;
grant insert, select on mandate_requests to bahi_account;
grant select on mandate_requests to bahi_reporting;
grant insert, select, update (umn, account_id, bank_account_id, amount_paise, valid_to, paused_from, paused_until, revoked_at) on mandates to bahi_account;
grant select on mandates to bahi_reporting;
grant insert, select, update (nth, live_until, answered) on mandates_elsewhere to bahi_account;
grant select on mandates_elsewhere to bahi_reporting;
grant select on migrations to bahi_account;
grant select on migrations to bahi_reporting;
grant insert, select, update (rrn, amount_paise, account_ref, transfer_id, code, posted_at) on network_legs to bahi_account;
grant select on network_legs to bahi_reporting;
grant select, update on relay to bahi_account;
grant select on relay to bahi_reporting;
grant select on repeatables to bahi_account;
grant select on repeatables to bahi_reporting;
grant insert, select on transfers to bahi_account;
grant select on transfers to bahi_reporting;
grant select on transfers_default to bahi_reporting;
grant insert, select, update (user_id, vpa, since, released_at, is_revoked) on upi_numbers to bahi_account;
grant select on upi_numbers to bahi_reporting;
grant delete, insert, select on used_pin_blocks to bahi_account;
grant select on used_pin_blocks to bahi_reporting;
grant insert, select, update (user_id, account_id, is_primary, created_at, released_at, released_by, rules_checked_at, was_primary) on vpas to bahi_account;
grant select on vpas to bahi_reporting;
grant execute on function authorise_and_post(json,timestamp with time zone,integer,integer) to bahi_account;
grant execute on function book_faults() to bahi_account;
grant execute on function book_faults() to bahi_reporting;
grant execute on function bought_amount(bigint,numeric,integer,integer) to bahi_account;
grant execute on function check_mandates(text[],integer[],uuid[],text[],bigint[],timestamp with time zone) to bahi_account;
grant execute on function close_holds(jsonb) to bahi_account;
grant execute on function close_person(uuid,timestamp with time zone) to bahi_account;
grant execute on function database_load() to bahi_account;
grant execute on function database_server() to bahi_account;
grant execute on function erase_person(uuid,uuid[]) to bahi_account;
grant execute on function is_archived(uuid) to bahi_account;
grant execute on function is_archived(uuid) to bahi_reporting;
grant execute on function ledger_faults() to bahi_account;
grant execute on function ledger_faults() to bahi_reporting;
grant execute on function make_partitions(integer) to bahi_account;
grant execute on function network_faults() to bahi_account;
grant execute on function network_faults() to bahi_reporting;
grant execute on function open_ledger_account(bigint,character) to bahi_account;
grant execute on function own_ledger_accounts(uuid) to bahi_account;
grant execute on function post_batch(uuid[],bigint[],bigint[],bigint[]) to bahi_account;
grant execute on function post_conversion(uuid,numeric,bigint,bigint,bigint,bigint,bigint,uuid,uuid) to bahi_account;
grant execute on function post_each(uuid[],text[],bigint[],bigint[],bigint[],text[],integer[],uuid[],boolean[],boolean[]) to bahi_account;
grant execute on function post_legs(jsonb,timestamp with time zone,integer,integer) to bahi_account;
grant execute on function post_transfers(jsonb) to bahi_account;
grant execute on function post_transfers(uuid[],text[],bigint[],bigint[],bigint[],text[],integer[],uuid[],boolean[],boolean[]) to bahi_account;
grant execute on function redact_events(json) to bahi_account;
grant execute on function set_closing(uuid,boolean,boolean) to bahi_account;
grant execute on function try_pins(uuid[],bytea[],timestamp with time zone,integer,integer) to bahi_account;
grant execute on function uuid_at(timestamp with time zone) to bahi_account;
grant execute on function uuid_or_null(text) to bahi_account;
grant execute on function was_given_back(uuid) to bahi_account;
