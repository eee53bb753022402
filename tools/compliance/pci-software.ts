// PCI DSS 4.0.1, requirements 5 and 6: malware, development and changes.
import { gap, met, operators, shared, test, type Requirement } from './requirement.ts'

export const software: Requirement[] = [
  operators('5.1', 'procedures and roles against malware'),
  shared(
    '5.2.1–5.2.3',
    'systems at risk are protected against malware',
    'The platform runs on read-only images. Files of people are scanned by ClamAV where there is one, and' +
      ' their pages are drawn anew in a process without rights in any case.',
    ['setting:BAHI_CLAMD', 'file:services/user/src/kyc/reader-process.ts'],
    [
      test(
        'services/user/src/kyc/scan',
        'finds a virus alone, in a comment, behind a picture and within a PDF, and in nothing else',
      ),
      test('services/user/src/kyc/kyc', 'with a virus, or of no type that is taken, is refused and deleted'),
      'command:hostile-files',
    ],
    'Machines of staff and nodes; a ClamAV daemon.',
  ),
  operators('5.3.1–5.3.5', 'signatures are current, scans run and are logged, nobody switches them off'),
  operators(
    '5.4.1',
    'protection against phishing of staff',
    'Staff sign in with a second factor; a passkey is bound to the domain of the console.',
    ['setting:BAHI_PASSKEY_RP_ID'],
  ),
  operators('6.1', 'procedures and roles for development'),
  met(
    '6.2.1',
    'software is developed securely, by a standard',
    'Rules of the repository are tests; contracts validate every input and bound it.',
    ['doc:CONTRIBUTING.md#Rules of the repository', 'file:tools/tidy.test.ts'],
    [
      'command:check',
      test(
        'packages/contracts/src/input-limits',
        'every text, list and number that a published route takes has an end',
      ),
    ],
  ),
  operators('6.2.2', 'developers are trained every year'),
  shared(
    '6.2.3',
    'code is reviewed before it is released',
    'Branches are merged when the checks are green and somebody else has read them.',
    ['doc:CONTRIBUTING.md#Branches and commits', 'workflow:ci.yml'],
    ['command:check', 'workflow:security.yml', 'evidence:tests.json'],
    'Protect the branch, so that the review is enforced, and keep its record.',
  ),
  met(
    '6.2.4',
    'attacks on software are prevented by methods of development',
    'Statements of SQL have parameters alone; text is never made markup; each known attack has a test ' +
      'that fails it.',
    [
      'doc:SECURITY.md#What attackers try, and the tests that fail them',
      'file:services/gateway/src/web-files/response-headers.ts',
    ],
    [
      test('services/gateway/src/forwarding/routing', 'every response has security headers, problems too'),
      'command:mutate',
      'workflow:security.yml',
    ],
  ),
  shared(
    '6.3.1',
    'vulnerabilities are found and ranked',
    'Packages, code, image and the running API are scanned at each change and each night.',
    ['doc:SECURITY.md#Security', 'workflow:security.yml'],
    ['command:scan', 'evidence:vulnerabilities.json', 'evidence:scan.json'],
    'Ranking for your environment, and sources of news.',
  ),
  met(
    '6.3.2',
    'an inventory of software and its components (SBOM)',
    '`npm run scan -- --only sbom` writes it as CycloneDX; a release has one.',
    ['command:scan', 'workflow:release.yml'],
    ['file:tools/scan.ts', 'evidence:sbom.json'],
  ),
  shared(
    '6.3.3',
    'patches are installed in time',
    'An upgrade replaces one copy after the other without a refused payment; a canary judges the new version.',
    ['doc:docs/operate/upgrade.md#Releases and upgrades', 'file:deploy/canary/canary.ts'],
    [
      'command:upgrade',
      test('deploy/canary/canary', 'goes through its steps while it is as good as the others'),
      'evidence:version.json',
    ],
    'Installing critical patches within a month, also of nodes and servers.',
  ),
  gap(
    '6.4.1–6.4.2',
    'public web applications are protected, by an automated solution in front',
    'Input is validated by contracts, requests are limited by address and person, overload is shed.',
    ['file:services/gateway/src/limits', 'setting:BAHI_RATE_ADDRESS'],
    [
      test(
        'services/gateway/src/limits/rate-limit',
        'is limited without a verified token, also with forged ones',
      ),
    ],
    'No web application firewall is part of it: put one in front of the public port.',
  ),
  met(
    '6.4.3',
    'scripts of payment pages are authorised, whole and listed',
    'Pages load scripts of their own origin alone, none inline, with trusted types; there is no script of' +
      ' others.',
    ['file:services/gateway/src/web-files/response-headers.ts'],
    [
      test(
        'services/gateway/src/web-files/web-files',
        'serves the app, revalidated each time, under its own policy',
      ),
      test(
        'services/gateway/src/web-files/web-files',
        'files with hashed names are cached for ever, others are revalidated',
      ),
    ],
  ),
  shared(
    '6.5.1–6.5.2',
    'changes are documented, tested, approved and can be undone',
    'Releases have notes; migrations only add, so the version before still runs; a canary rolls back by ' +
      'itself.',
    ['doc:docs/operate/upgrade.md#Releases and upgrades', 'file:CHANGELOG.md'],
    [
      'command:upgrade',
      test('tools/tidy', 'a migration that was released does not change'),
      test('deploy/canary/canary', 'is rolled back when nobody can tell'),
      'evidence:rule-changes.json',
      'evidence:version.json',
    ],
    'Approval of changes in your environment.',
  ),
  met(
    '6.5.3–6.5.4',
    'production is apart from other environments',
    "What simulates the outside world is no part of the product's image, and production does not start " +
      'with it.',
    ['setting:BAHI_MODE', 'file:deploy/image/Containerfile'],
    [
      test('deploy/image/image', 'a build without a target makes the product'),
      test('packages/platform/src/production', 'names every fault of a start that is meant for testers'),
    ],
  ),
  met(
    '6.5.5–6.5.6',
    'no real account data in tests, no test accounts in production',
    'Demo people exist in the sandbox alone; in production no route makes money or grants a role by itself.',
    ['file:packages/platform/src/seed.ts'],
    [
      test('services/auth/src/sign-in/sign-in', 'in production roles cannot be granted by a call'),
      test('services/gateway/src/forwarding/routing', 'has no sandbox routes in production'),
    ],
  ),
]
