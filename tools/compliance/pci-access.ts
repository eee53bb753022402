// PCI DSS 4.0.1, requirements 7 and 8: need to know, identities and factors.
import { gap, met, operators, shared, test, type Requirement } from './requirement.ts'

export const access: Requirement[] = [
  operators('7.1', 'procedures and roles for access'),
  met(
    '7.2.1–7.2.2',
    'access by job and least privilege',
    'A role is a set of permissions for one job; each contract demands one permission, and gateway and ' +
      'service both check it.',
    ['file:packages/contracts/src/permissions.ts', 'file:packages/contracts/permissions.snapshot'],
    [
      test('packages/contracts/src/permissions', 'every cell of principal × contract is as the table says'),
      test('e2e/src/permissions', 'without a token only public routes are decided by their service'),
      'evidence:permissions.txt',
    ],
  ),
  met(
    '7.2.3',
    'privileges are approved by authorised people',
    'A role is requested by one administrator and granted by another, never by or for oneself.',
    ['permission:roles:change', 'doc:docs/runbook.md#Who may do what'],
    [
      test(
        'services/auth/src/roles/roles',
        'a role needs two administrators, and nobody can be one of them for themselves',
      ),
      test(
        'services/auth/src/roles/roles',
        'no statement makes a grant whose maker is its checker or its person',
      ),
      'evidence:decisions.json',
    ],
  ),
  shared(
    '7.2.4',
    'accounts and their rights are reviewed every six months',
    'A grant ends by its date, at most a year on, and has to be approved again; grants are listed.',
    ['setting:BAHI_ROLE_MAX_DAYS', 'permission:roles:read'],
    [
      test('services/auth/src/roles/roles', 'grants end by their date, and requests by theirs'),
      'evidence:access-review.json',
    ],
    'The review, and accounts of machines and servers.',
  ),
  met(
    '7.2.5',
    'accounts of systems have least privilege',
    'A role of the database reads and writes its own schema as granted file by file; accounts of broker ' +
      'and cache likewise.',
    ['doc:docs/operate/least-rights.md#RabbitMQ', 'file:packages/kit/src/sql/roles.ts'],
    [
      test('packages/kit/src/sql/migrate', 'may not do what is not'),
      test('packages/platform/src/broker-accounts', 'reads nothing of others, and declares nothing'),
      'evidence:database-roles.json',
    ],
  ),
  operators('7.2.5.1', 'access of system accounts is reviewed'),
  met(
    '7.2.6',
    'stored account data is queried by programs and roles alone',
    'Staff see it through the console alone, masked; the role for reports reads sealed values, which it ' +
      'cannot open, and names, UPI IDs and notes in records of payments, which are clear text.',
    ['doc:docs/operate/least-rights.md#PostgreSQL'],
    [
      test(
        'packages/kit/src/sql/migrate',
        'changes nothing, whatever its session is set to, and calls no function that does',
      ),
    ],
  ),
  met(
    '7.3.1–7.3.3',
    'an access control system that denies by default',
    'A contract without access does not start; a role of a newer version allows nothing.',
    ['file:packages/contracts/src/principal.ts'],
    [
      test('packages/kit/src/http/http', 'that does not say who may call it stops the start'),
      test(
        'packages/contracts/src/permissions',
        'only a person with a staff role is an operator, and no role allows nothing',
      ),
    ],
  ),
  operators('8.1', 'procedures and roles for identification'),
  met(
    '8.2.1–8.2.2',
    'unique identities; shared ones only by exception',
    'A person has one id for life; there is no shared account, and each act names its actor.',
    ['file:services/auth/src/people', 'permission:audit:read'],
    [
      test(
        'services/gateway/src/access/permissions',
        'of staff are recorded before they are done, with what they are about and none of the data',
      ),
    ],
  ),
  operators('8.2.3', 'service providers use unique factors for each customer'),
  met(
    '8.2.4',
    'identities are added, changed and removed with authorisation',
    'Grants have maker, checker, reason and end, all on record.',
    ['permission:roles:change', 'file:services/auth/src/roles'],
    [
      test(
        'services/auth/src/roles/roles',
        'a role needs two administrators, and nobody can be one of them for themselves',
      ),
      'evidence:decisions.json',
    ],
  ),
  met(
    '8.2.5',
    'access of who leaves ends at once',
    'The end of a grant, by one administrator, signs its person out everywhere and is in effect with the ' +
      'next request.',
    ['permission:roles:change'],
    [
      test(
        'services/auth/src/roles/roles',
        'one administrator ends it at once: the person is signed out everywhere',
      ),
      test(
        'e2e/src/permissions',
        'a role that two administrators grant is in effect at once, and so is its end',
      ),
    ],
  ),
  gap(
    '8.2.6',
    'accounts that are not used for 90 days are disabled',
    'Grants of staff end by their date. A phone that was not used for 90 days proves its person no more.',
    ['setting:BAHI_ROLE_MAX_DAYS', 'file:packages/contracts/src/dormancy-rules.ts'],
    [
      test(
        'services/auth/src/people/dormant',
        'is reset by the phone alone until the day, and not from then on',
      ),
      'evidence:access-review.json',
    ],
    'A grant that nobody uses goes on until its end: set `BAHI_ROLE_MAX_DAYS` to 90, or end it by hand.',
  ),
  operators('8.2.7', 'access of others from outside is enabled only when it is needed'),
  met(
    '8.2.8',
    'sessions end after 15 minutes without use',
    'A session of the console ends after 15 minutes without a request.',
    ['setting:BAHI_CONSOLE_IDLE_S'],
    [test('services/gateway/src/console/console', 'ends a session that nobody uses for fifteen minutes')],
  ),
  met(
    '8.3.1',
    'access takes a factor of authentication',
    'A password and a code to the phone on a new device, a password and the key of the device on a known one.',
    ['file:services/auth/src/sign-in'],
    [
      test(
        'services/auth/src/sign-in/sign-in',
        'on a new device needs a code as well, and says so only after a correct password',
      ),
    ],
  ),
  met(
    '8.3.2',
    'factors are unreadable in transit and at rest',
    'Passwords are argon2id, codes and tokens hashes, secrets of authenticator apps sealed.',
    ['setting:BAHI_ARGON2_MEMORY_KIB', 'file:services/auth/src/passwords'],
    [
      test('services/auth/src/sign-in/sign-in', 'stores the password as argon2id with the configured costs'),
      test('services/auth/src/codes/otp', 'are not stored in clear text, nor is the phone'),
    ],
  ),
  met(
    '8.3.3',
    'who asks to change a factor is verified',
    'A second factor is reset by two administrators; a new password takes a code for just that.',
    ['file:services/auth/src/second-factor/reset.ts', 'doc:docs/runbook.md#Who may do what'],
    [
      test(
        'services/auth/src/roles/roles',
        'that is lost is reset by two administrators, or by the command: its person enrols anew',
      ),
      test('services/auth/src/passwords/new-password', 'is not reset without the code for just that'),
      'evidence:decisions.json',
    ],
  ),
  met(
    '8.3.4',
    'at most ten tries, then a lock of 30 minutes',
    'Ten wrong passwords in a row lock for 30 minutes, also under concurrency; second factors are counted' +
      ' likewise.',
    ['file:services/auth/src/tries/tries.ts'],
    [
      test(
        'services/auth/src/sign-in/sign-in',
        'is locked for 30 minutes by ten wrong passwords in a row, with one event',
      ),
      test('services/auth/src/sign-in/sign-in', 'compares at most ten passwords of concurrent attempts'),
    ],
  ),
  met(
    '8.3.5',
    'first passwords are unique and changed at once',
    'Nobody is given a password: each person sets their own.',
    ['file:services/auth/src/sign-in/register.ts'],
    [test('services/auth/src/sign-in/sign-in', 'refuses a weak password before it uses the code')],
  ),
  gap(
    '8.3.6',
    'passwords have twelve characters, letters and digits',
    'Staff need twelve characters, and a password that a dictionary and its guesses do not find.',
    ['file:packages/contracts/src/password-rules.ts'],
    [
      test(
        'services/auth/src/passwords/new-password',
        'staff need twelve characters, also when they were granted the role later',
      ),
    ],
    'Letters and digits together are not demanded: strength is estimated instead. Present it as a ' +
      'customised approach.',
  ),
  gap(
    '8.3.7',
    'not one of the last four passwords',
    'A change to the password that is in use is judged as weak or strong, and the one before is not kept.',
    ['file:services/auth/src/passwords/change-password.ts'],
    [
      test(
        'services/auth/src/passwords/new-password',
        'is not changed by an access token alone, nor to a weak one',
      ),
    ],
    'Earlier passwords are not remembered. Where the password is one of two factors, present it as a ' +
      'customised approach.',
  ),
  operators('8.3.8', 'people are taught about their factors'),
  met(
    '8.3.9–8.3.10.1',
    'passwords that are the only factor are changed every 90 days',
    'A password is never the only factor of staff.',
    ['setting:BAHI_SECOND_FACTOR_HOURS'],
    [
      test(
        'services/gateway/src/console/console',
        'lets staff without a second factor do nothing but prove one',
      ),
    ],
  ),
  met(
    '8.3.11',
    'factors belong to one person',
    'A secret of an authenticator app, a passkey and a device key belong to one person.',
    ['file:services/auth/src/passkeys'],
    [test('services/auth/src/passkeys/passkeys', 'is one person’s alone, ten of them at most')],
  ),
  met(
    '8.4.1–8.4.3',
    'more than one factor for all access of staff',
    'Roles of staff allow nothing without a second factor, by the API too; it is proven again after some ' +
      'hours.',
    ['setting:BAHI_SECOND_FACTOR_HOURS', 'file:services/auth/src/second-factor'],
    [
      test(
        'packages/contracts/src/permissions',
        'only a person with a staff role is an operator, and no role allows nothing',
      ),
      test(
        'services/auth/src/roles/roles',
        'is enrolled by staff right after signing in, sealed at rest, and counts for hours',
      ),
      'evidence:second-factors.json',
    ],
  ),
  met(
    '8.5.1',
    'factors cannot be replayed or bypassed, and are of two kinds',
    'A code counts once, also under concurrency; a passkey signs each challenge once.',
    ['file:services/auth/src/second-factor/prove.ts'],
    [
      test('services/auth/src/roles/roles', 'takes each code once, also under concurrency'),
      test('services/auth/src/passkeys/passkeys', 'signs each challenge once'),
    ],
  ),
  met(
    '8.6.1',
    'accounts of systems are not used by people',
    'A service signs its calls with a key of its own, and no person can act as one.',
    ['setting:BAHI_SIGNING_KEYS'],
    [test('packages/kit/src/http/http', 'refuses a service as the principal that the gateway names')],
  ),
  met(
    '8.6.2',
    'no passwords of systems in code or files of configuration',
    'Secrets come from settings that name files; the tree and its history are scanned for them.',
    ['doc:docs/operate/settings.md#Settings', 'workflow:security.yml'],
    [
      'command:scan',
      test(
        'packages/platform/src/settings-document',
        'what looks like a secret is marked as one, or is listed as none',
      ),
      'evidence:settings.json',
    ],
  ),
  shared(
    '8.6.3',
    'passwords of systems are strong and changed',
    '`npm run secrets` makes them at random; production refuses those that everybody knows.',
    ['command:secrets', 'command:migrate'],
    [test('packages/platform/src/production', 'names every fault of a start that is meant for testers')],
    'How often they are changed: `npm run migrate` sets new ones.',
  ),
]
