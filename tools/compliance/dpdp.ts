// DPDP Act 2023 and Rules of 13 November 2025: personal data.
import { gap, met, operators, shared, test, type Requirement } from './requirement.ts'

export const dpdp: Requirement[] = [
  gap(
    'rule 3',
    'an itemised notice, by itself and in plain language',
    'The app says what each step needs and why, in English and Hindi.',
    ['file:web/pay/src/screens/welcome'],
    [test('e2e/src/web/accessibility.long', 'speaks Hindi, fits a small phone')],
    'No notice with version, language and purposes is stored with a consent: show yours before the ' +
      'registration.',
  ),
  gap(
    'section 6',
    'consent that is free, specific and as easy to withdraw as to give',
    'What an app of others may do is agreed to item by item, and ended with one touch.',
    ['permission:apps:connect', 'file:services/auth/src/oidc/consent.ts'],
    [test('e2e/src/oauth', 'is seen in the settings, and cut off there at once')],
    'Consent to processing by the platform itself is not recorded, where it is the basis and not a ' +
      'contract or a law.',
  ),
  operators('rule 4', 'consent managers, from 13 November 2026'),
  met(
    'rule 6(1)(a)',
    'encryption, masking, tokens',
    'Sealed at rest, masked for staff, a key for each person in the chain of audit. Records of payments hold ' +
      'names, UPI IDs and notes in clear: roles, sealed backups and your encrypted disk protect them.',
    ['file:packages/kit/src/crypto/seal.ts', 'file:packages/contracts/src/personal-data.ts'],
    [
      test('services/user/src/profiles/profiles', 'contains neither name, phone nor e-mail in clear text'),
      test('e2e/src/erasure', 'names stand in clear in no table but those of payments'),
      test('packages/contracts/src/personal-data', 'what others are shown'),
      'evidence:sealed-values.json',
    ],
  ),
  met(
    'rule 6(1)(b)',
    'control of access',
    'Permissions, second factors, maker and checker.',
    ['file:packages/contracts/src/permissions.ts'],
    [
      test('packages/contracts/src/permissions', 'every cell of principal × contract is as the table says'),
      'evidence:permissions.txt',
      'evidence:second-factors.json',
    ],
  ),
  met(
    'rule 6(1)(c)',
    'access is visible: logs, monitoring, review',
    'Each look at a person by staff is on record before it happens, with its reason where something is ' +
      'revealed.',
    ['permission:audit:read', 'permission:people:reveal'],
    [
      test('services/gateway/src/access/permissions', 'that cannot be recorded are not done'),
      test(
        'services/user/src/kyc/kyc',
        'is claimed by one, seen by them alone, on record, and raises the tier',
      ),
      'evidence:staff-access.json',
    ],
  ),
  met(
    'rule 6(1)(d)',
    'processing goes on when data is lost: backups',
    'Sealed backups, verified by restoring them.',
    ['doc:docs/operate/backup.md#Backups and restore'],
    [
      test('e2e/src/backup.long', 'restores all schemas to one time'),
      'command:backup',
      'evidence:backups.json',
    ],
  ),
  shared(
    'rule 6(1)(e)',
    'logs are kept for a year',
    'Audit records are never deleted.',
    ['file:packages/contracts/src/retention.ts'],
    [test('packages/platform/src/retention', 'every table of %s has a retention'), 'evidence:retention.json'],
    'Lines of processes: keep them for a year.',
  ),
  operators('rule 6(1)(f)–(g)', 'contracts with processors; measures of organisation'),
  gap(
    'rule 7',
    'a breach is reported to people at once, and to the Board within 72 hours',
    'Who looked at whom is on record; people are reached by SMS, mail and in the app.',
    ['permission:audit:read', 'permission:deliveries:read'],
    [test('services/audit/src/app', 'of staff are found by who, what about, which kind and when')],
    'No command sends a notice of a breach to the people whom it concerns: send it by your carriers.',
  ),
  met(
    'rule 8',
    "data is erased when its purpose and the law's time are over",
    'A person is closed after a waiting period and erased after the years of the law, in every service.',
    [
      'permission:erasure:request',
      'file:services/user/src/privacy',
      'file:packages/contracts/src/retention.ts',
    ],
    [
      test(
        'e2e/src/erasure',
        'when the law asks for nothing any more, nothing is found, nothing opens, and the books balance',
      ),
      test('e2e/src/erasure', 'at its end the account is closed, and what no law keeps is gone'),
      'evidence:retention.json',
    ],
  ),
  shared(
    'rule 9',
    'whom to ask about data',
    'The app has a page of help.',
    ['file:web/pay/src/screens/help'],
    [test('e2e/src/web/accessibility.long', 'is accessible in light and dark')],
    'Name and address of your data protection officer.',
  ),
  shared(
    'rules 10–12',
    "no data of children without a parent's consent",
    'The form of KYC demands the age of the rules.',
    ['file:packages/contracts/src/kyc-forms.ts'],
    [test('packages/contracts/src/kyc-forms', 'a form says everything that is wrong with it')],
    "Registration asks for no age: accounts of minors are your bank's to refuse or to tie to a parent.",
  ),
  operators(
    'rule 13',
    'significant fiduciaries: yearly assessment, audit, care with algorithms',
    'Rules that decide are dated rows, and a decision is stored with its reasons.',
    ['permission:rules:read'],
  ),
  met(
    'rule 14, section 11',
    'people see their data and who has it',
    'A copy of all data, for its person alone after a proof; which apps have access.',
    ['permission:exports:read', 'permission:apps:read'],
    [
      test(
        'e2e/src/erasure',
        'a copy of the data has all of it, for its person alone, and each time it is fetched is on record',
      ),
    ],
  ),
  met(
    'section 12',
    'people correct and erase their data',
    'Profile, mail address, phone; erasure.',
    ['permission:profile:write', 'permission:phone:change', 'permission:erasure:request'],
    [
      test('services/user/src/profiles/profiles', 'has another e-mail only with a proof'),
      test('e2e/src/erasure', 'nobody is closed while there is money, and who asked can change their mind'),
    ],
  ),
  operators('section 13', 'grievances are answered within their time'),
  gap(
    'section 14',
    'people name who acts for them after death',
    'Not built.',
    ['permission:profile:read'],
    [test('services/user/src/profiles/profiles', 'needs a person')],
    'Take nominations at your bank.',
  ),
  shared(
    'rule 15',
    'transfers abroad as the government permits',
    'See localisation: nothing leaves where its URL says.',
    ['setting:BAHI_DATABASE_URLS', 'setting:BAHI_BLOBS'],
    [test('e2e/src/backup.long', 'restores all schemas to one time')],
    'Regions, carriers, push services.',
  ),
  met(
    'section 8(3)',
    'data that decides is complete and right',
    'Numbers of identity are checked by their digits, and a reviewer compares the documents.',
    ['permission:kyc:review', 'file:services/user/src/kyc'],
    [
      test(
        'packages/contracts/src/kyc-forms',
        'Verhoeff finds every wrong digit and every two that were swapped',
      ),
      test('services/user/src/kyc/kyc', 'is never of the own submission, nor for people without the role'),
    ],
  ),
]
