// RBI: authentication of digital payments (2025), security of digital payments (2021, 2024), localisation (2018).
import { gap, met, operators, shared, test, type Requirement } from './requirement.ts'

export const rbiPayments: Requirement[] = [
  met(
    'auth-1',
    'at least two different factors for each payment',
    'The key of the bound device, which signs the request, and the UPI PIN.',
    ['file:services/gateway/src/tokens/device-proofs.ts', 'file:services/account/src/pin'],
    [
      test(
        'services/gateway/src/tokens/device-proofs',
        'changes something only with a proof of that key, whatever the scheme',
      ),
      test('services/account/src/ledger/post-transfers', 'with U14 for a block %s'),
    ],
  ),
  met(
    'auth-2',
    'one factor at least is made for the one payment',
    'A PIN block is bound to one payment and minutes old at most; it counts once, for that payment alone.',
    ['file:packages/contracts/src/pin-block.ts', 'file:packages/contracts/src/rules.ts'],
    [
      test('e2e/src/races', 'reused under other ids pays once at most'),
      test('services/account/src/ledger/post-transfers', 'with U54 for a block made %s'),
    ],
  ),
  met(
    'auth-3',
    'one factor that is known to somebody does not weaken the other',
    'The PIN is checked by the bank alone; a device key is made on the device, and a token or the name of' +
      ' a device opens nothing.',
    ['file:services/auth/src/sessions/device-key.ts'],
    [
      test(
        'services/auth/src/sessions/sessions',
        'not the string that names it: a copy of that is a new device, which needs the code',
      ),
    ],
  ),
  shared(
    'auth-4',
    'further checks by the risk of a payment',
    'Limits by age of device, registration and PIN; a decision is stored with its reasons; a person can ' +
      'limit and stop themselves.',
    ['file:services/payment/src/risk/assess.ts', 'metric:bahi_payment_assessment_reasons_total'],
    [
      test('services/payment/src/risk/assess', 'refuses with the first code and names every reason'),
      test('e2e/src/races', 'no more is paid in the cooling period than it allows'),
    ],
    'Location, behaviour and lists of your own.',
  ),
  met(
    'auth-5',
    'exemptions are those that are named',
    'Debits of mandates without PIN stay below the dated limit of their category, and only after a notice.',
    ['file:packages/contracts/src/mandate-rules.ts'],
    [
      test('packages/contracts/src/mandate-rules', 'a debit is announced a day and a half before its day'),
      'command:verify',
      'evidence:rules.json',
    ],
  ),
  operators('auth-6', 'services of factors are open to all apps on a device'),
  operators(
    'auth-7',
    'losses by a breach of these rules are made good in full',
    'What was decided and why is stored with each payment.',
    ['file:services/payment/src/risk/assess.ts'],
  ),
  shared(
    'sec-1',
    'governance: policy, analysis of threats',
    'Who attacks what, and the test that fails it.',
    ['doc:SECURITY.md#What attackers try, and the tests that fail them'],
    ['command:test'],
    'Policy of the board, and a model of threats of your environment.',
  ),
  met(
    'sec-2',
    'static and dynamic tests of the application in each release',
    'CodeQL, a scan of the running API, tests that break the code on purpose.',
    ['workflow:security.yml', 'doc:docs/mutations.md#Mutations'],
    ['command:scan', 'command:mutate', 'evidence:scan.json', 'evidence:tests.json'],
  ),
  met(
    'sec-3',
    'the source is reviewed, or in escrow',
    'It is open; every part of it is read in review.',
    ['file:LICENSE', 'doc:CONTRIBUTING.md#Branches and commits'],
    ['workflow:ci.yml'],
  ),
  operators(
    'sec-4',
    'vulnerabilities are assessed every half year, penetration is tested every year',
    'Scans of each night help.',
    ['workflow:security.yml'],
  ),
  met(
    'sec-5',
    'an app is bound to its device',
    'The device makes a key; sessions, tokens and changes are bound to it.',
    ['file:services/auth/src/sessions/device-key.ts'],
    [
      test(
        'services/auth/src/sessions/sessions',
        'with another key it is bound anew: cooling begins again, and what the old key had open ends',
      ),
      test('services/auth/src/sessions/sessions', 'in production nobody signs in without a key'),
    ],
  ),
  gap(
    'sec-6',
    'apps find rooted phones and emulators, check themselves, pin certificates',
    'The app is a web app: the browser keeps pages apart, and its policy allows scripts of its own origin' +
      ' alone.',
    ['file:services/gateway/src/web-files/response-headers.ts'],
    [
      test(
        'services/gateway/src/web-files/web-files',
        'serves the app, revalidated each time, under its own policy',
      ),
    ],
    'There is no native app. One of your own brings these checks (Play Integrity, App Attest) and pins ' +
      'certificates.',
  ),
  met(
    'sec-7',
    'sessions end when they are not used, and a device has to be bound again',
    'A session ends after days without use, that of the console after minutes; an app can be locked by a ' +
      'passcode.',
    ['setting:BAHI_SESSION_IDLE_DAYS', 'setting:BAHI_CONSOLE_IDLE_S'],
    [
      test('services/auth/src/sessions/sessions', 'a session ends when it was not used for its idle days'),
      test(
        'e2e/src/web/device-lock.long',
        'asks for the passcode when the app opens, and shows nothing before',
      ),
    ],
  ),
  met(
    'sec-8',
    'nothing sensitive on the device or in logs',
    'After a sign-out nothing is left on the device; no line of a log names a person or a secret.',
    ['file:packages/contracts/src/personal-data.ts', 'doc:docs/operate/logs.md#Logs'],
    [
      test('e2e/src/web/device-lock.long', 'is accessible, and leaves nothing after a logout'),
      test('e2e/src/first-payment', 'and name no person and no secret'),
    ],
  ),
  met(
    'sec-9',
    'messages at once about payments and changes',
    'Each debit is reported by SMS, mail or push; no preference stops that.',
    ['file:services/notification/src/messages', 'metric:bahi_delivery_delay_seconds'],
    [
      test('e2e/src/messages', 'a payment is reported by SMS to both'),
      test(
        'services/notification/src/messages/mandate-content',
        'tell an account holder of our bank what another app debited, and did there',
      ),
      test(
        'services/notification/src/preferences/preferences',
        'never stop a debit, a notice before one, or what concerns security, whatever is stored',
      ),
    ],
  ),
  met(
    'sec-10',
    'reconciliation within 24 hours',
    'As each settlement cycle ends, the report is compared with ledger and payments; what differs is a ' +
      'work item.',
    ['permission:reconciliation:handle', 'metric:bahi_differences_open'],
    [
      test(
        'services/payment/src/settlement/reconcile',
        'a payment in the report is settled, one that is not in it is released',
      ),
      'alert:BahiDifferences',
    ],
  ),
  shared(
    'sec-11',
    'fraud is found: speed, new payees, unusual behaviour',
    'Counts and sums by hour, day, new device and new payee; payees can be reported; two of the staff ' +
      'freeze a person.',
    ['permission:reports:read', 'permission:people:freeze', 'file:services/payment/src/limits'],
    [
      test('services/payment/src/limits/limits', 'of new payees is of those alone'),
      test(
        'services/auth/src/measures/measures',
        'a freeze signs out at once, and lets nobody in until it ends',
      ),
    ],
    'Models and lists of fraud across payments.',
  ),
  met(
    'sec-12',
    'people can switch off payments, and limit them',
    'Own limits, hours, payees; a stop of everything, also without a session; loosening waits a day.',
    ['file:services/payment/src/controls'],
    [
      test(
        'services/payment/src/controls/change-controls',
        'tighten at once, and loosen with the password and a day later',
      ),
      test(
        'services/auth/src/sign-in/stop-payments',
        'by the password, from any device, and every device is signed out',
      ),
      'evidence:rules.json',
    ],
  ),
  met(
    'sec-13',
    'availability, backups, and recovery that is tried',
    'Backups are verified by restoring them; drills lose each server under payments.',
    ['doc:docs/operate/backup.md#Backups and restore', 'doc:docs/operate/disaster.md#When something is lost'],
    [
      'command:backup',
      'command:drill',
      test(
        'e2e/src/backup.long',
        'restores all schemas to one time, publishes again what was in the broker, and payments go on',
      ),
      'evidence:backups.json',
    ],
  ),
  gap(
    'sec-14',
    'complaints and disputes within the app, with their times (TAT)',
    'What is open is shown with the day by which it is clear; differences are work items.',
    ['doc:docs/upi.md#Beside payments', 'file:packages/contracts/src/network-rules.ts'],
    [
      test(
        'services/payment/src/settlement/reconcile',
        'a person closes a remaining difference with a reason',
      ),
    ],
    "There is no dispute (UDIR) of a person's own yet: run it in your system for complaints.",
  ),
  shared(
    'local-1',
    'whole payment data is stored in India alone',
    'All state is in PostgreSQL, blobs and backups, each where its URL says; broker and cache hold none ' +
      'that is not there.',
    ['setting:BAHI_DATABASE_URLS', 'setting:BAHI_REPLICA_URLS', 'setting:BAHI_BLOBS', 'setting:BAHI_BACKUPS'],
    [test('e2e/src/backup.long', 'restores all schemas to one time'), 'evidence:settings.json'],
    'Choose regions in India for each, and keep replicas and buckets from being copied elsewhere.',
  ),
  shared(
    'local-2',
    'telemetry, logs and messages hold no payment data abroad',
    'Logs, metrics and traces name no person, UPI ID or amount; nothing is sent to a vendor by itself.',
    [
      'setting:OTEL_EXPORTER_OTLP_ENDPOINT',
      'setting:BAHI_SMS_URL',
      'setting:BAHI_SMTP_URL',
      'setting:BAHI_PUSH_HOSTS',
    ],
    [
      test('e2e/src/first-payment', 'are those of docs/operate/metrics.md, and name no person'),
      test('services/notification/src/push/push', 'says neither amounts nor names'),
      'evidence:settings.json',
    ],
    'Carriers of SMS and mail in India. Push services of browsers are abroad: messages to them have ' +
      'neither amounts nor names.',
  ),
  operators(
    'local-3',
    'what was processed abroad is deleted there within a day',
    'Nothing is processed abroad.',
  ),
  operators('local-4', 'report of an auditor empanelled by CERT-In (SAR)'),
]
