// The dashboards as data: what each shows, and the queries that it asks Prometheus.
import { maxBy, p99, quantile, rate, requests, total, type DashboardSpec } from './panels.ts'
import { postgresSpec } from './postgres-spec.ts'
import { rabbitPanels, redisPanels } from './server-panels.ts'

const paying = '{service="gateway",route="/v1/payments/:id",method="PUT"}'

export const dashboardSpecs: DashboardSpec[] = [
  {
    uid: 'bahi-platform',
    title: 'bahi: platform',
    rows: {
      Objectives: [
        {
          title: 'Requests that fail by our fault',
          unit: 'percentunit',
          queries: {
            '5 min': 'bahi:edge_errors:ratio_rate5m',
            '1 h': 'bahi:edge_errors:ratio_rate1h',
            '3 d': 'bahi:edge_errors:ratio_rate3d',
          },
          description: 'The objective is 0.1 % over 30 days.',
        },
        {
          title: 'Payments slower than a second',
          unit: 'percentunit',
          queries: { '5 min': 'bahi:slow_payments:ratio_rate5m', '1 h': 'bahi:slow_payments:ratio_rate1h' },
        },
      ],
      Health: [
        {
          title: 'Servers that are reached',
          queries: { '{{dependency}} by {{service}}': maxBy('bahi_dependency_up', 'dependency, service') },
        },
        {
          title: 'Stalled workers',
          queries: { '{{service}} {{worker}}': `${maxBy('bahi_worker_stalled', 'service, worker')} > 0` },
        },
        {
          title: 'Versions',
          queries: { '{{version}} on Node {{node}}': 'count by (version, node) (bahi_build_info)' },
        },
        {
          title: 'Event loop, p99',
          unit: 's',
          queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
        },
        {
          title: 'CPU',
          queries: {
            '{{instance}}': 'sum by (instance) (rate(process_cpu_seconds_total[$__rate_interval]))',
          },
        },
        { title: 'Memory', unit: 'bytes', queries: { '{{instance}}': 'process_resident_memory_bytes' } },
        {
          title: 'Spans of traces',
          unit: 'reqps',
          queries: {
            sent: total('bahi_trace_spans_total'),
            dropped: total('bahi_trace_spans_dropped_total'),
          },
        },
      ],
      Redis: redisPanels,
    },
  },
  {
    uid: 'bahi-money',
    title: 'bahi: payments and money',
    rows: {
      Payments: [
        {
          title: 'Completed',
          unit: 'reqps',
          queries: { '{{status}}': rate('bahi_payments_total', 'status') },
        },
        {
          title: 'Failures by code',
          unit: 'reqps',
          queries: { '{{code}}': rate('bahi_payments_total{status="failed"}', 'code') },
        },
        {
          title: 'Time at the edge',
          unit: 's',
          queries: {
            p50: quantile(0.5, requests, paying, 'le'),
            p99: quantile(0.99, requests, paying, 'le'),
          },
        },
        { title: 'Steps, p99', unit: 's', queries: { '{{step}}': p99('bahi_payment_step_seconds', 'step') } },
        {
          title: 'In doubt',
          queries: {
            pending: 'max(bahi_payments_pending)',
            deemed: 'max(bahi_payments_deemed)',
            'in flight': 'sum(bahi_payments_in_flight)',
          },
        },
        {
          title: 'Oldest in doubt',
          unit: 's',
          queries: {
            pending: 'max(bahi_payments_pending_oldest_seconds)',
            deemed: 'max(bahi_payments_deemed_oldest_seconds)',
          },
        },
        { title: 'Stops in force', queries: { '{{scope}}': maxBy('bahi_payment_stops', 'scope') } },
        {
          title: 'Refused by stops',
          unit: 'reqps',
          queries: { '{{scope}}': rate('bahi_payments_stopped_total', 'scope') },
        },
      ],
      Money: [
        {
          title: 'Faults of the books',
          queries: { faults: 'max(bahi_book_faults)' },
          description: 'Anything but 0 is a reason to stop.',
        },
        {
          title: 'Open differences with the network',
          queries: { '{{kind}}': maxBy('bahi_differences_open', 'kind') },
        },
        {
          title: 'Oldest difference',
          unit: 's',
          queries: { '{{kind}}': maxBy('bahi_differences_oldest_seconds', 'kind') },
        },
        {
          title: 'Refusals of the ledger',
          unit: 'reqps',
          queries: { '{{code}}': rate('bahi_ledger_refusals_total', 'code') },
        },
        { title: 'Open holds', queries: { open: 'max(bahi_holds_open)' } },
        { title: 'Oldest hold', unit: 's', queries: { age: 'max(bahi_holds_oldest_seconds)' } },
        {
          title: 'Age of the audit checkpoint',
          unit: 's',
          queries: { age: 'max(bahi_audit_checkpoint_age_seconds)' },
        },
        { title: 'Records of the audit chain', queries: { records: 'max(bahi_audit_records)' } },
        {
          title: 'Age of the list of disconnected numbers',
          unit: 's',
          queries: {
            age: 'max(bahi_revoked_numbers_age_seconds)',
            allowed: 'max(bahi_revoked_numbers_max_age_seconds)',
          },
        },
      ],
    },
  },
  {
    uid: 'bahi-service',
    title: 'bahi: a service',
    byService: true,
    rows: {
      Requests: [
        {
          title: 'Rate by route',
          unit: 'reqps',
          queries: { '{{method}} {{route}}': rate(`${requests}_count{service="$service"}`, 'method, route') },
        },
        {
          title: 'Errors by route',
          unit: 'reqps',
          queries: {
            '{{method}} {{route}} {{status}}': rate(
              `${requests}_count{service="$service",status=~"5.."}`,
              'method, route, status',
            ),
          },
        },
        {
          title: 'p99 by route',
          unit: 's',
          queries: {
            '{{method}} {{route}}': quantile(0.99, requests, '{service="$service"}', 'le, method, route'),
          },
        },
      ],
      Work: [
        {
          title: 'Time since each worker succeeded',
          unit: 's',
          queries: { '{{worker}}': maxBy('bahi_worker_idle_seconds{service="$service"}', 'worker') },
        },
        {
          title: 'Due work: longest wait',
          unit: 's',
          queries: { '{{kind}}': maxBy('bahi_due_work_waited_seconds{service="$service"}', 'kind') },
        },
        {
          title: 'Due work: given up',
          queries: { '{{kind}}': maxBy('bahi_due_work_given_up{service="$service"}', 'kind') },
        },
        {
          title: 'Relay lag',
          unit: 's',
          queries: { lag: 'max(bahi_relay_lag_seconds{service="$service"})' },
        },
      ],
    },
  },
  postgresSpec,
  {
    uid: 'bahi-broker',
    title: 'bahi: events',
    rows: {
      Events: [
        {
          title: 'Reached',
          queries: { '{{service}}': maxBy('bahi_dependency_up{dependency="bus"}', 'service') },
        },
        {
          title: 'Relay lag',
          unit: 's',
          queries: { '{{service}}': maxBy('bahi_relay_lag_seconds', 'service') },
        },
        {
          title: 'From an event to its consumption, p99',
          unit: 's',
          queries: { '{{service}}': p99('bahi_event_delay_seconds', 'service') },
        },
        { title: 'Waiting batches', queries: { '{{queue}}': maxBy('bahi_queue_messages', 'queue') } },
        { title: 'Dead letters', queries: { '{{queue}}': maxBy('bahi_dead_letters', 'queue') } },
      ],
      Messages: [
        {
          title: 'Attempts',
          unit: 'reqps',
          queries: { '{{channel}} {{outcome}}': rate('bahi_delivery_attempts_total', 'channel, outcome') },
        },
        {
          title: 'From a message to its sending, p99',
          unit: 's',
          queries: { '{{channel}}': p99('bahi_delivery_delay_seconds', 'channel') },
        },
        {
          title: 'Oldest that waits',
          unit: 's',
          queries: { age: 'max(bahi_delivery_oldest_waiting_seconds)' },
        },
        {
          title: 'Reports of carriers',
          unit: 'reqps',
          queries: { '{{channel}} {{report}}': rate('bahi_delivery_reports_total', 'channel, report') },
        },
      ],
      RabbitMQ: rabbitPanels,
    },
  },
  {
    uid: 'bahi-edge',
    title: 'bahi: edge',
    rows: {
      Edge: [
        {
          title: 'Responses',
          unit: 'reqps',
          queries: { '{{status}}': rate(`${requests}_count{service="gateway"}`, 'status') },
        },
        {
          title: 'p99 by route',
          unit: 's',
          queries: {
            '{{method}} {{route}}': quantile(0.99, requests, '{service="gateway"}', 'le, method, route'),
          },
        },
        {
          title: 'Refused by limits',
          unit: 'reqps',
          queries: { '{{by}}': rate('bahi_gateway_limited_total', 'by') },
        },
        {
          title: 'Refused because a service is full',
          unit: 'reqps',
          queries: { '{{route}}': rate('bahi_gateway_shed_total', 'route') },
        },
        { title: 'Live streams', queries: { open: 'sum(bahi_gateway_open_streams)' } },
        {
          title: 'Acts that were not recorded',
          queries: { lost: 'sum(increase(bahi_gateway_acts_lost_total[$__rate_interval]))' },
        },
      ],
    },
  },
  {
    uid: 'bahi-business',
    title: 'bahi: business',
    rows: {
      Payments: [
        {
          title: 'Payments a minute',
          queries: { '{{status}}': '60 * sum by (status) (rate(bahi_payments_total[$__rate_interval]))' },
        },
        {
          title: 'Share that settles',
          unit: 'percentunit',
          queries: {
            settled: `${total('bahi_payments_total{status="settled"}')} / ${total('bahi_payments_total')}`,
          },
        },
        {
          title: 'Why payments are refused or warned of',
          unit: 'reqps',
          queries: {
            '{{decision}} {{reason}}': rate('bahi_payment_assessment_reasons_total', 'decision, reason'),
          },
        },
        {
          title: 'Messages of the network',
          unit: 'reqps',
          queries: { '{{api}}': rate('bahi_network_messages_total', 'api') },
        },
      ],
      People: [
        {
          title: 'Sign-ins',
          unit: 'reqps',
          queries: { '{{kind}}': rate('bahi_sign_ins_total{outcome="signed-in"}', 'kind') },
        },
        {
          title: 'Failed sign-ins',
          unit: 'reqps',
          queries: {
            '{{kind}} {{outcome}}': rate('bahi_sign_ins_total{outcome!="signed-in"}', 'kind, outcome'),
          },
        },
        {
          title: 'Tokens to apps',
          unit: 'reqps',
          queries: { '{{grant}}': rate('bahi_oauth_tokens_total', 'grant') },
        },
        {
          title: 'Apps refused',
          unit: 'reqps',
          queries: { '{{endpoint}} {{error}}': rate('bahi_oauth_refusals_total', 'endpoint, error') },
        },
        {
          title: 'Freezes and other measures about people',
          unit: 'reqps',
          queries: { '{{kind}} {{decision}}': rate('bahi_measures_total', 'kind, decision') },
        },
        {
          title: 'Phones that are somebody else’s now',
          unit: 'reqps',
          queries: {
            'taken by {{by}}': rate('bahi_phones_released_total', 'by'),
            'list: {{what}}': rate('bahi_phones_revoked_total', 'what'),
          },
        },
        {
          title: 'Processes that ended over a file of KYC',
          unit: 'reqps',
          queries: { '{{cause}}': rate('bahi_kyc_reader_ends_total', 'cause') },
        },
      ],
      Mandates: [
        {
          title: 'Operations that other apps asked for',
          unit: 'reqps',
          queries: { '{{operation}} {{code}}': rate('bahi_mandate_requests_total', 'operation, code') },
        },
        {
          title: 'Moved from or to another app',
          unit: 'reqps',
          queries: { '{{direction}} {{code}}': rate('bahi_mandates_ported_total', 'direction, code') },
        },
      ],
    },
  },
]
