// PCI DSS 4.0.1, requirements 9 to 12 and its appendices: premises, logs, tests, policies.
import { met, operators, shared, test, type Requirement } from './requirement.ts'

export const recordsAndTests: Requirement[] = [
  operators('9.1–9.5', 'physical access, media, terminals'),
  operators('10.1', 'procedures and roles for logs'),
  met(
    '10.2.1',
    'audit logs are on and active',
    'Every event of every service is a record of one chain; an act of staff that cannot be recorded is ' +
      'not done.',
    ['file:services/audit/src/records', 'permission:audit:read'],
    [
      test('services/gateway/src/access/permissions', 'that cannot be recorded are not done'),
      test('e2e/src/failures', 'the audit chain is whole and holds every event of every service'),
    ],
  ),
  met(
    '10.2.1.1',
    "each person's access to account data",
    'What staff look up, reveal, claim, and whom a search by name showed.',
    ['file:services/audit/src/acts/act-of.ts'],
    [
      test('services/gateway/src/access/permissions', 'of staff are recorded before they are done'),
      test(
        'services/user/src/profiles/look-up',
        'is found by words of a name in any order, by beginnings and by sound, and on record',
      ),
      'evidence:staff-access.json',
    ],
  ),
  met(
    '10.2.1.2',
    'all that is done with administrative access',
    'Acts of every role of staff, and decisions with maker and checker.',
    ['file:services/audit/src/acts/act-of.ts'],
    [
      test(
        'services/audit/src/app',
        'of staff are found by who, what about, which kind and when, and are records of the chain',
      ),
      'evidence:staff-access.json',
    ],
  ),
  shared(
    '10.2.1.3',
    'access to audit logs',
    'Who read or exported records and acts is an act itself.',
    ['permission:audit:read'],
    [test('services/audit/src/app', 'are reported by the gateway alone, and read by auditors alone')],
    'Access to the database by its owner: log connections and statements of that role (`pgaudit`).',
  ),
  met(
    '10.2.1.4',
    'invalid attempts',
    'Wrong passwords and second factors, locks, and requests that were denied.',
    ['metric:bahi_sign_ins_total', 'file:packages/contracts/src/sign-in-events.ts'],
    [
      test(
        'services/auth/src/sign-in/sign-in',
        'is locked for 30 minutes by ten wrong passwords in a row, with one event',
      ),
      test('services/gateway/src/access/permissions', 'that were denied or failed are recorded afterwards'),
      'evidence:failed-sign-ins.json',
    ],
  ),
  met(
    '10.2.1.5',
    'changes of identities and factors',
    'Roles, second factors, passkeys, phones, passwords: each change is an event with its actor.',
    ['file:packages/contracts/src/role-events.ts', 'file:packages/contracts/src/sign-in-events.ts'],
    [
      test(
        'services/auth/src/roles/roles',
        'a role needs two administrators, and nobody can be one of them for themselves',
      ),
    ],
  ),
  met(
    '10.2.1.6',
    'start, stop and pause of audit logs',
    'Nothing stops the record while the platform runs: records wait in the services until audit has them.',
    ['metric:bahi_gateway_acts_lost_total', 'alert:BahiActsLost'],
    [test('services/audit/src/app', 'records an event once even when the inbox was emptied')],
  ),
  shared(
    '10.2.1.7',
    'objects of the system are made and deleted',
    'Migrations and archived months are listed with hashes and times in the database; archived months are' +
      ' on record.',
    ['command:migrate', 'command:archive'],
    [
      test('packages/kit/src/sql/migrate', 'is a file that changed after it was applied'),
      'evidence:version.json',
    ],
    'Objects of nodes and of the cluster.',
  ),
  met(
    '10.2.2',
    'who, what, when, whether, where, what about',
    'A record has its event, actor, session, object, time and status.',
    ['file:packages/contracts/src/acts.ts'],
    [test('services/audit/src/app', 'of staff are found by who, what about, which kind and when')],
  ),
  met(
    '10.3.1',
    'logs are read by who needs them',
    'One permission, of the role auditor.',
    ['permission:audit:read'],
    [test('services/audit/src/app', 'not a %s')],
  ),
  met(
    '10.3.2',
    'logs are not changed',
    'The role of the service may only insert; triggers refuse its owner; each record has the hash of the ' +
      'one before.',
    ['file:services/audit/sql/append-only.sql', 'file:services/audit/src/records/chain.ts'],
    [
      test('services/audit/src/app', 'the owner cannot while the triggers are enabled'),
      test('services/audit/src/records/verify-chain', 'finds a completely rewritten chain by a checkpoint'),
    ],
  ),
  shared(
    '10.3.3',
    'logs are backed up at once to a central place that is hard to change',
    'Signed checkpoints go to the blobs every ten minutes; the log of the database is archived within ' +
      'seconds.',
    ['setting:BAHI_CHECKPOINT_MINUTES', "doc:docs/operate/backup.md#With the platform's own commands"],
    [
      test('services/audit/src/app', 'a checkpoint is written outside the database by itself'),
      'command:backup',
      'evidence:audit-chain.json',
    ],
    'Object lock or storage that is written once; shipping of logs of processes.',
  ),
  met(
    '10.3.4',
    'changes of logs are detected',
    'Verification names changed, missing, reordered and cut-off records.',
    ['command:verify:audit', 'alert:BahiAuditChainOld'],
    [
      test(
        'services/audit/src/records/verify-records',
        'finds a chain cut together with its head by a checkpoint',
      ),
      test(
        'services/audit/src/records/verify-records',
        'one that is gone, exchanged, or signed by a stranger is found',
      ),
      'evidence:audit-chain.json',
    ],
  ),
  operators(
    '10.4.1',
    'logs are reviewed every day',
    'Acts are found by actor, object, kind and time in the console.',
    ['permission:audit:read'],
  ),
  shared(
    '10.4.1.1',
    'reviews are automated',
    'Alerts on failed sign-ins, lost acts, faults of the books and an old chain.',
    ['alert:BahiSignInsFail', 'alert:BahiActsLost', 'alert:BahiBookFaults'],
    [test('deploy/observability/rules.long', 'alerts fire when they must, and only then')],
    'Rules over the acts of your staff, in your own system for security events.',
  ),
  operators('10.4.2–10.4.3', 'other logs are reviewed; what is found is handled'),
  met(
    '10.5.1',
    'a year of audit logs, three months at hand',
    'Records are never deleted.',
    ['file:packages/contracts/src/retention.ts'],
    [test('packages/platform/src/retention', 'every table of %s has a retention'), 'evidence:retention.json'],
  ),
  operators(
    '10.6.1–10.6.3',
    'clocks are synchronised',
    'Times in rows and answers are the clock of the machine; a PIN block or a proof of a wrong clock is ' +
      'refused.',
    ['file:packages/contracts/src/rules.ts'],
  ),
  met(
    '10.7.1–10.7.2',
    'failures of critical controls are detected and reported',
    'Alerts for servers that are away, workers that stall, certificates that end, backups that are old or' +
      ' unverified.',
    [
      'alert:BahiDependencyDown',
      'alert:BahiWorkerStalled',
      'alert:BahiBackupUnverified',
      'alert:BahiCertificateExpires',
    ],
    [
      test(
        'deploy/observability/observability',
        'each alert has its section, and no section is without its alert',
      ),
      'command:drill',
      'evidence:backups.json',
    ],
  ),
  operators('10.7.3', 'failures of controls are answered in time', 'Each alert says what to do.', [
    'doc:docs/operate/alerts.md#BahiDependencyDown',
  ]),
  operators('11.1–11.2', 'procedures for tests; wireless access points'),
  operators(
    '11.3.1–11.3.2',
    'scans of vulnerabilities every quarter, from inside and by an approved vendor',
    'The pipeline scans code, packages, image and API each night.',
    ['workflow:security.yml'],
  ),
  operators(
    '11.4',
    'penetration tests every year and after changes; segmentation is tested',
    'Attacks that are known, with the tests that fail them.',
    ['doc:SECURITY.md#What attackers try, and the tests that fail them'],
  ),
  operators('11.5.1', 'intrusions are detected'),
  shared(
    '11.5.2',
    'changes of critical files are detected',
    'Images are named by digest and run with read-only root file systems; migrations are held to their ' +
      'hashes.',
    ['file:deploy/chart/templates/_names.tpl', 'file:migrations.lock'],
    ['command:chart', test('packages/kit/src/sql/migrate', 'is a file that changed after it was applied')],
    'Detection on nodes and data servers.',
  ),
  shared(
    '11.6.1',
    'payment pages are watched for tampering every week',
    'A command compares every file as people receive it with the build, and the headers that keep out scripts of ' +
      'others.',
    ['command:verify:pages', 'file:services/gateway/src/web-files/response-headers.ts'],
    [
      test('tools/pages/page-faults', 'what is another is named'),
      test(
        'services/gateway/src/web-files/web-files',
        'serves the app, revalidated each time, under its own policy',
      ),
    ],
    'Run it every week, from outside your network, with an alert when it ends with another status than 0.',
  ),
  operators('12.1–12.2', 'security policy, acceptable use'),
  operators(
    '12.3.1–12.3.4',
    'analyses of risk; ciphers and technologies are reviewed every year',
    'Choices and their reasons are in the decisions.',
    ['doc:docs/decisions.md#Foundations'],
  ),
  operators('12.4–12.9', 'compliance programme, scope, training, screening, providers'),
  operators('12.10', 'incidents are answered', 'The runbook, and what to do when something is lost.', [
    'doc:docs/operate/disaster.md#When something is lost',
    'doc:docs/runbook.md#Runbook',
  ]),
  operators('A1', 'multi-tenant providers: does not apply to a platform of one operator'),
  operators('A2–A3', 'early TLS of terminals; designated entities'),
]
