// NPCI: what is asked of PSPs and of apps of third parties (TPAP).
import { gap, met, operators, shared, test, type Requirement } from './requirement.ts'

export const npci: Requirement[] = [
  operators('psp-1', 'the PSP bank answers for its apps, their security and audits'),
  met(
    'psp-2',
    'an app keeps no PIN and no balance (OC 44)',
    'A PIN is encrypted for the bank on the device; a balance is shown for a PIN block and stored nowhere.',
    ['file:services/account/src/pin', 'file:packages/contracts/src/pin-block.ts'],
    [
      test(
        'services/account/src/pin/set-pin',
        'is what can be spent, and that it was shown is published without it',
      ),
      test('e2e/src/first-payment', 'and name no person and no secret'),
    ],
  ),
  met(
    'psp-3',
    'data of customers is encrypted, and not given to merchants',
    'Sealed at rest but for names, UPI IDs and notes in records of payments; a payee sees name and UPI ID ' +
      'alone; an app of others gets what its person agreed to.',
    ['setting:BAHI_DATA_KEYS', 'file:packages/contracts/src/permissions.ts'],
    [
      test('e2e/src/oauth', 'learns who they are, does what they agreed to and nothing else'),
      test('services/user/src/profiles/profiles', 'contains neither name, phone nor e-mail in clear text'),
      'evidence:sealed-values.json',
    ],
  ),
  operators(
    'psp-4',
    'audit of the system every year by an auditor empanelled by CERT-In (OC 215)',
    'This table and what it names.',
    ['file:docs/operate/compliance.md'],
  ),
  met(
    'psp-5',
    'messages are signed, within their times, and taken once',
    'Every message is signed; one that is too old is refused; a repeated one has the effect of one.',
    ['file:packages/kit/src/network', 'setting:BAHI_NETWORK_PEER_KEY'],
    [
      test('packages/kit/src/network/network', 'reads no message that the network did not sign'),
      test(
        'services/gateway/src/access/authenticate-network',
        'forwards messages that the network signed, unchanged',
      ),
    ],
  ),
  gap(
    'psp-6',
    'messages in the XML of the network, keys in an HSM',
    'The sandbox speaks JSON over JWS; the adapter is a seam with a conformance suite.',
    ['setting:BAHI_NETWORK', 'doc:docs/upi.md#What an adapter to the real network has to do'],
    [test('packages/kit/src/network/network', 'sends what it signed, the same bytes each time')],
    'The adapter to the XML of the network is yours to write; no software here is certified by NPCI.',
  ),
  met(
    'psp-7',
    'calls are made by the person, within their number a day',
    'Balances 50, lists of accounts 25 a day and person, names by person and network: dated rows.',
    ['file:packages/contracts/src/rules.ts', 'permission:rules:read'],
    [
      test('services/account/src/pin/set-pin', 'is shown 50 times a day at most'),
      test('services/account/src/pin/other-bank-pin', 'is shown 50 times a day at most'),
      'evidence:rules.json',
    ],
  ),
  met(
    'psp-8',
    'status checks after 90 seconds, three at most',
    'Dated rows of the network; unknown stays pending until a check or the settlement report decides.',
    ['file:packages/contracts/src/network-rules.ts', 'permission:payments:check'],
    [
      test(
        'services/payment/src/settlement/reconcile',
        "open payments are checked again on an operator's request",
      ),
      'command:simulate',
    ],
  ),
  met(
    'psp-9',
    'limits by category, number and cooling period',
    'Dated rows by category, checked under the lock of the payer.',
    ['setting:BAHI_LIMITS', 'file:packages/contracts/src/limits.ts'],
    [
      test('e2e/src/races', 'no more payments begin than a day allows, also through two gateways'),
      test('services/payment/src/limits/limits', 'by category'),
      'command:verify',
      'evidence:rules.json',
    ],
  ),
  met(
    'psp-10',
    'requests to pay as the network permits',
    'Between persons none through the network; in a closed loop by dated rows of the operator.',
    ['setting:BAHI_CLOSED_LOOP_REQUESTS', 'file:packages/contracts/src/request-rules.ts'],
    [
      test(
        'packages/contracts/src/request-rules',
        'an operator’s row opens requests between its customers from its date on, and nothing else',
      ),
    ],
  ),
  met(
    'psp-11',
    'the name at the bank is shown before a payment',
    'A payee is resolved, and shown by the name that its bank has.',
    ['file:services/payment/src/payments/quote.ts'],
    [
      test('services/account/src/pin/other-bank-pin', 'is resolved to its registered name'),
      test('e2e/src/network', 'an unknown UPI ID is refused at once'),
    ],
  ),
  met(
    'psp-12',
    'a PIN is set with card or Aadhaar and a code; wrong ones lock',
    'Card and code; three wrong PINs lock for a day, also under concurrency.',
    ['file:services/account/src/pin'],
    [
      test('services/account/src/pin/set-pin', 'is set with card and code, and published without itself'),
      test('e2e/src/races', 'no more wrong PINs are tried than there are tries'),
    ],
  ),
  met(
    'psp-13',
    'mandates: agreed to with a PIN, announced, stopped by their payer',
    'The bank checks the mandate in the statement that posts; a payer pauses and revokes at any time.',
    ['file:services/payment/src/mandates', 'file:packages/contracts/src/mandate-rules.ts'],
    [
      'command:verify',
      test(
        'e2e/src/web/requests-and-autopay',
        'AutoPay by a link: debited, approved above the limit, paused, cancelled',
      ),
    ],
  ),
  shared(
    'psp-14',
    'consent for UPI numbers; numbers that were given up or disconnected (MNRL) lead nowhere, looked up weekly',
    'A number leads to a UPI ID only when its person wanted it, and no more once the phone is somebody ' +
      "else's or on a list of disconnected numbers, until it is proven again.",
    [
      'file:packages/contracts/src/revoked-numbers.ts',
      'permission:revoked-numbers:upload',
      'metric:bahi_revoked_numbers_age_seconds',
      'alert:BahiRevokedNumbersOld',
      'doc:docs/runbook.md#Disconnected numbers',
    ],
    [
      'command:revoked-numbers',
      test(
        'services/account/src/upi-ids/upi-numbers',
        'is closed with its UPI ID once its person has no phone any more',
      ),
      test(
        'services/auth/src/revoked-numbers/revoked-numbers',
        'stays signed in, and a code to the number proves nothing',
      ),
    ],
    'Fetching the list every week (MNRL, Digital Intelligence Platform).',
  ),
  gap(
    'psp-15',
    'complaints about payments (UDIR) in the app',
    'The state of each payment, with its codes and times.',
    ['file:packages/contracts/src/upi-codes.ts'],
    [
      test(
        'services/notification/src/messages/templates',
        'a failure has its sentence in the language of the person',
      ),
    ],
    'Not built: see RBI sec-14.',
  ),
  met(
    'psp-16',
    'no advertising by messages; consent by kind',
    'No message advertises; each kind and channel has a preference, security excepted.',
    ['file:packages/contracts/src/message-kinds.ts'],
    [
      test(
        'services/notification/src/preferences/preferences',
        'silence a kind on a channel, and leave the other kinds, channels, and the list',
      ),
    ],
  ),
  met(
    'psp-17',
    'SMS by registered templates (DLT)',
    'Each message has its template id in each language.',
    ['setting:BAHI_SMS_TEMPLATES', 'setting:BAHI_SMS_ENTITY_ID'],
    [
      test(
        'services/notification/src/messages/templates',
        'has all values in both languages, and fits an SMS carrier',
      ),
    ],
  ),
  met(
    'psp-18',
    'separation of roles and domains',
    'Reconcilers, reviewers, analysts, operators, auditors and administrators have permissions of their own.',
    ['file:packages/contracts/permissions.snapshot', 'permission:roles:change'],
    [
      test('packages/contracts/src/permissions', 'every cell of principal × contract is as the table says'),
      'evidence:permissions.txt',
      'evidence:access-review.json',
    ],
  ),
  met(
    'psp-19',
    'signed codes and intents',
    'Codes are signed; one whose signature does not hold is refused.',
    ['setting:BAHI_CODE_KEYS', 'file:services/account/src/upi-ids'],
    [
      test('e2e/src/network', 'of another PSP are paid through the network'),
      test(
        'packages/contracts/src/codes/upi-link',
        'that says one amount is paid with that one or not at all, whatever else was put into it',
      ),
    ],
  ),
  shared(
    'psp-20',
    'availability and success are measured',
    'Objectives with alerts by burn rate; payments by outcome and code, declines of business apart from ' +
      'technical ones.',
    ['metric:bahi_payments_total', 'alert:BahiPaymentsFail', 'doc:docs/operate/slo.md#Objectives'],
    [test('deploy/observability/rules.long', 'alerts fire when they must, and only then')],
    'Reports to NPCI.',
  ),
]
