// CERT-In: directions of 28 April 2022 on incidents, clocks and logs.
import { operators, shared, test, type Requirement } from './requirement.ts'

export const certIn: Requirement[] = [
  operators(
    'i',
    'clocks follow the time servers of NIC or NPL',
    'Answers name the time of the platform; each event and each record has its time.',
  ),
  shared(
    'ii',
    'incidents are reported within six hours',
    'Alerts, and records of who did what with hashes that stand outside the database, to report from.',
    ['doc:docs/operate/alerts.md#Alerts', 'permission:audit:read'],
    [
      test('services/audit/src/app', 'are exported as lines'),
      'command:verify:audit',
      'evidence:audit-chain.json',
      'evidence:failed-sign-ins.json',
    ],
    'The report itself, its form and its address.',
  ),
  operators('iii', 'a point of contact; information on demand', 'Records and acts are exported as lines.', [
    'permission:audit:read',
  ]),
  shared(
    'iv',
    'logs of all systems for 180 days, in India',
    'Audit records and events are kept; deliveries 90 days. Processes write lines of JSON to their output.',
    [
      'doc:docs/operate/logs.md#Logs',
      'file:packages/contracts/src/retention.ts',
      'file:deploy/observability/collector',
    ],
    [
      test('packages/platform/src/retention', 'every table of %s has a retention'),
      test('e2e/src/first-payment', 'fit their schema, line by line'),
      'evidence:retention.json',
    ],
    'Ship the lines of processes, ingress and servers, and keep them 180 days, in India.',
  ),
  operators('v–vi', 'providers of data centres, VPN, virtual assets: not of a payments platform'),
]
