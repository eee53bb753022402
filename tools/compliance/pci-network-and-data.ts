// PCI DSS 4.0.1, requirements 1 to 4: networks, configuration, stored account data, transmission.
import { gap, met, operators, shared, test, type Requirement } from './requirement.ts'

export const networkAndData: Requirement[] = [
  operators('1.1', 'procedures and roles for network controls'),
  shared(
    '1.2.1',
    'configuration standards for network controls',
    'The chart has a policy for each process: nothing is reached or reaches out but what it names.',
    ['file:deploy/chart/templates/network-policies.yaml'],
    ['command:chart'],
    'Firewalls and routes outside the cluster.',
  ),
  operators(
    '1.2.2–1.2.4',
    'changes approved; diagrams of networks and of account data flows',
    'The map of services and the way of a payment.',
    ['doc:ARCHITECTURE.md#One payment'],
  ),
  shared(
    '1.2.5–1.2.6',
    'services, protocols and ports are named, approved, and secured',
    'Each port has one purpose; those of calls between services, of admin and of the console are not public.',
    [
      'setting:BAHI_PORT',
      'setting:BAHI_INTERNAL_PORT',
      'setting:BAHI_ADMIN_PORT',
      'setting:BAHI_CONSOLE_PORT',
    ],
    [test('packages/platform/src/production', 'names every fault of a start that is meant for testers')],
    'Approval.',
  ),
  operators('1.2.7–1.2.8', 'rule sets reviewed every six months; their files protected'),
  shared(
    '1.3.1–1.3.2',
    'traffic in and out is what is needed, all else is denied',
    'A default that denies both directions, and a policy for each process.',
    [
      'file:deploy/chart/templates/network-policies.yaml',
      'doc:docs/operate/not-proven-here.md#Not proven here',
    ],
    ['command:chart', 'workflow:cluster.yml'],
    'A network plug-in that enforces policies, and the networks of data servers outside.',
  ),
  operators('1.3.3', 'wireless networks are separated'),
  shared(
    '1.4.1–1.4.2',
    'controls between trusted and untrusted networks',
    'One public edge, the gateway; the console has a port of its own, for networks that are named.',
    ['file:services/gateway/src/app.ts', 'setting:BAHI_CONSOLE_NETWORKS'],
    [
      test('services/gateway/src/console/console', 'answers nobody from a network that is not allowed'),
      test('services/gateway/src/forwarding/routing', 'has no sandbox routes in production'),
    ],
    'What is in front of it: ingress, load balancer, web application firewall.',
  ),
  shared(
    '1.4.3',
    'forged source addresses are refused',
    'A forwarded address counts from trusted proxies alone.',
    ['setting:BAHI_TRUSTED_PROXIES'],
    [test('services/gateway/src/limits/rate-limit', 'cannot be set by a client that is no trusted proxy')],
    'Anti-spoofing in the network.',
  ),
  met(
    '1.4.4',
    'systems that store account data are not reached from untrusted networks',
    'Database, broker and cache take connections of the platform alone; the gateway has neither database ' +
      'nor data keys.',
    ['file:deploy/chart/templates/network-policies.yaml', 'file:deploy/secrets/process-secrets.ts'],
    [
      test('deploy/secrets/process-secrets', 'a gateway alone has neither database nor data keys'),
      'command:chart',
    ],
  ),
  met(
    '1.4.5',
    'internal addresses are not disclosed',
    'Headers and errors of services stay inside; an internal error has an id to quote and nothing else.',
    ['file:services/gateway/src/forwarding/forward.ts'],
    [
      test('packages/kit/src/http/http', 'hides an internal error except for the id to quote'),
      test(
        'services/gateway/src/forwarding/routing',
        'a response keeps its status and the headers for clients',
      ),
    ],
  ),
  operators('1.5.1', 'controls on computers that reach both untrusted networks and the environment'),
  operators('2.1', 'procedures and roles for secure configuration'),
  shared(
    '2.2.1',
    'configuration standards that harden every component',
    'Images without a shell or spare packages; pods without root, capabilities, API tokens or writable ' +
      'root file systems.',
    ['file:deploy/image/Containerfile', 'file:deploy/kubernetes/chart-rules.ts'],
    ['command:chart', test('deploy/image/image', 'it runs as nobody in particular')],
    'Nodes and data servers; the standard and its reviews.',
  ),
  met(
    '2.2.2',
    'default accounts and passwords are changed',
    'No account has a default password; production does not start with one that everybody knows.',
    ['file:packages/kit/src/runtime/production.ts', 'command:secrets'],
    [
      test('packages/platform/src/production', 'names every fault of a start that is meant for testers'),
      'evidence:settings.json',
    ],
  ),
  met(
    '2.2.3',
    'functions of different security levels are kept apart',
    'A service has a schema, a database role, a broker account and keys of its own, also within one process.',
    ['doc:docs/operate/least-rights.md#PostgreSQL', 'file:packages/kit/src/sql/roles.ts'],
    [
      test('packages/kit/src/sql/migrate', 'may do what is granted, in its own schema'),
      test('packages/platform/src/broker-accounts', 'reads nothing of others, and declares nothing'),
      'evidence:database-roles.json',
    ],
  ),
  met(
    '2.2.4–2.2.5',
    'only necessary services and functions are enabled',
    'A process runs the services that are named; production has no route of testers and no sandbox.',
    ['setting:BAHI_MODE', 'file:packages/kit/src/runtime/production.ts'],
    [
      test('packages/platform/src/production', 'names every fault of a start that is meant for testers'),
      test('services/gateway/src/forwarding/routing', 'has no sandbox routes in production'),
      test('deploy/image/image', 'and only services are'),
    ],
  ),
  met(
    '2.2.6',
    'parameters that prevent misuse are set',
    'Every setting is typed and documented; an unknown or wrong one stops the start.',
    ['doc:docs/operate/settings.md#Every process', 'file:packages/kit/src/runtime/config.ts'],
    [
      test('packages/kit/src/runtime/config', 'names all faults at once'),
      test(
        'packages/platform/src/settings-document',
        'docs/operate/settings.md is what npm run settings writes',
      ),
      'evidence:settings.json',
    ],
  ),
  shared(
    '2.2.7',
    'administration that is not at the console of a machine is encrypted',
    "Operators' commands and the console use the gateway; production refuses cleartext to other hosts.",
    ['setting:BAHI_CONSOLE_PORT', 'file:packages/kit/src/runtime/production.ts'],
    [
      test(
        'services/gateway/src/forwarding/routing',
        'TLS at a trusted proxy sets strict transport security',
      ),
    ],
    'TLS at the proxy in front of the public port and the console.',
  ),
  operators('2.3', 'wireless networks: defaults changed, keys rotated'),
  operators('3.1', 'procedures and roles for stored account data'),
  met(
    '3.2.1',
    'account data is kept as little and as short as possible',
    'No card number (PAN) is taken, sent on or stored: accounts are named by a reference and a masked ' +
      'number. Every table has a retention, and workers delete what is past it.',
    ['file:packages/contracts/src/retention.ts'],
    [
      test('packages/platform/src/retention', 'every table of %s has a retention'),
      test('packages/platform/src/retention', 'a worker deletes what is old in batches'),
      'evidence:retention.json',
    ],
  ),
  met(
    '3.3.1–3.3.3',
    'no track, card code, PIN or PIN block is stored after authorisation',
    'Of a card its last six digits and its expiry are asked when a PIN is set; our bank keeps a keyed ' +
      'fingerprint of them. A PIN block is opened once and not kept; of the PIN of an account of ours there' +
      ' is a keyed verifier.',
    ['file:services/account/src/pin', 'setting:BAHI_PIN_VERIFIER_KEY'],
    [
      test('services/account/src/pin/set-pin', 'is stored as a verifier that differs for the same PIN'),
      test('services/account/src/pin/set-pin', 'is set with card and code, and published without itself'),
      test('e2e/src/first-payment', 'and name no person and no secret'),
    ],
  ),
  met(
    '3.4.1',
    'a PAN is masked when it is shown',
    'There is none to be shown; of account numbers the last four digits are.',
    ['file:packages/contracts/src/formats.ts'],
    [test('packages/contracts/src/formats', 'what must not be seen whole is masked')],
  ),
  met(
    '3.4.2',
    'remote access does not allow to copy a PAN',
    'The console shows none. What is personal is masked there, and revealed one by one for a reason that ' +
      'is on record first.',
    ['permission:people:reveal', 'permission:payments:reveal'],
    [
      test(
        'services/user/src/profiles/look-up',
        'revealed for a reason that is on record before it is shown',
      ),
    ],
  ),
  met(
    '3.5.1',
    'a stored PAN is unreadable',
    'None is stored. Names, phones, mail addresses, account and income-tax numbers are sealed (AES-256-GCM), ' +
      'each bound to its row and column; names in records of payments are not.',
    ['file:packages/kit/src/crypto/seal.ts', 'setting:BAHI_DATA_KEYS'],
    [
      test(
        'packages/kit/src/crypto/seal',
        'opens in its place, names its key, and looks different each time',
      ),
      test('e2e/src/reseal', 'every column whose name says that it is sealed is one that re-sealing knows'),
      'evidence:sealed-values.json',
    ],
  ),
  met(
    '3.5.1.1',
    'hashes that make account data unreadable are keyed',
    'Fingerprints by which sealed values are found are HMACs under a key of the service, and so are ' +
      'verifiers of PINs.',
    ['file:packages/kit/src/crypto/seal.ts'],
    [
      test(
        'packages/kit/src/crypto/seal',
        'is found by a fingerprint of value and context, which outlives the keys',
      ),
      test('services/account/src/pin/set-pin', 'is stored as a verifier that differs for the same PIN'),
    ],
  ),
  met(
    '3.5.1.2–3.5.1.3',
    'disk encryption alone is not the protection',
    'Services seal values before they reach a database, a blob or a backup; backups are sealed once more.',
    ['file:packages/kit/src/blobs/blobs.ts', 'doc:docs/operate/backup.md#What is backed up where'],
    [
      test('packages/kit/src/blobs/blobs', 'are stored sealed: they name their key, show nothing'),
      test('services/user/src/profiles/profiles', 'contains neither name, phone nor e-mail in clear text'),
    ],
  ),
  shared(
    '3.6.1',
    'keys are protected against disclosure and misuse',
    'Each service gets its own keys alone, from files that settings name; another source, such as a KMS, ' +
      'is one function.',
    ['file:packages/kit/src/crypto/data-keys.ts', 'file:deploy/secrets/process-secrets.ts'],
    [
      test('deploy/secrets/process-secrets', 'nothing secret is in a ConfigMap'),
      test('packages/kit/src/crypto/seal', 'are those of the service'),
      'evidence:data-keys.json',
    ],
    'The secret store, who reaches it, and its backup.',
  ),
  gap(
    '3.6.1.1–3.6.1.4',
    'keys are wrapped, in an HSM or in parts, and in the fewest places',
    'Every key has an id, and sealed values name theirs.',
    ['setting:BAHI_DATA_KEYS', 'setting:BAHI_PIN_KEY', 'setting:BAHI_PIN_VERIFIER_KEY'],
    [test('packages/kit/src/crypto/seal', 'says which key is not known')],
    'No adapter to an HSM or KMS is shipped. Write a `DataKeySource` for yours, and keep the keys of PINs' +
      ' in an HSM.',
  ),
  met(
    '3.7.1–3.7.3',
    'keys are strong, and distributed and stored securely',
    '`npm run secrets` makes keys from the random source of the system; weak keys are refused.',
    ['command:secrets', 'file:packages/platform/src/secrets.ts'],
    [
      test(
        'packages/kit/src/crypto/detached-signature',
        'has no key that is weak, or does not say its algorithm',
      ),
    ],
  ),
  shared(
    '3.7.4–3.7.5',
    'keys are changed at the end of their time, and when one may be known',
    'Keys of tokens rotate by themselves, data keys, service keys, keys of PINs and of the network by commands ' +
      'while the platform runs.',
    [
      'setting:BAHI_KEY_ROTATION_DAYS',
      'command:reseal',
      'command:secrets',
      'doc:docs/runbook.md#Rotating a data key',
      'doc:docs/operate/keys.md#In three steps',
    ],
    [
      test('deploy/secrets/rotation', 'no step refuses what a process of before or after it sends'),
      test('e2e/src/reseal', 'nothing is left under the older keys'),
      test('services/auth/src/signing-keys/signing-keys', 'verify through a rotation'),
      'evidence:token-keys.json',
      'evidence:setting-keys.json',
      'evidence:data-keys.json',
    ],
    'When data keys, keys of PINs and keys of the network are changed. The key of fingerprints does not ' +
      'rotate.',
  ),
  operators('3.7.6–3.7.9', 'split knowledge, substitution, custodians, sharing of keys'),
  operators('4.1', 'procedures and roles for transmission'),
  shared(
    '4.2.1',
    'strong cryptography and valid certificates on public networks',
    'Production does not start with cleartext to another host, nor without a check of certificates; ' +
      'services know each other by certificates of one CA.',
    ['setting:BAHI_TLS_CERT_FILE', 'setting:BAHI_CA_FILES', 'file:packages/kit/src/runtime/production.ts'],
    [
      test('packages/platform/src/production', 'names every fault of a start that is meant for testers'),
      test(
        'packages/kit/src/transport/service-tls',
        'refuses a caller of another authority, one without a certificate, and one in the clear',
      ),
      'evidence:connections.json',
      'evidence:database-connections.json',
    ],
    'TLS versions and ciphers of the ingress and of data servers.',
  ),
  shared(
    '4.2.1.1',
    'an inventory of keys and certificates in use',
    'A gauge has the end of the certificate of each process, and in the chart of those of cert-manager, with ' +
      'an alert before it.',
    ['metric:bahi_certificate_expires_timestamp_seconds', 'alert:BahiCertificateExpires'],
    [
      test('deploy/observability/rules.long', 'alerts fire when they must, and only then'),
      'evidence:processes.json',
      'evidence:setting-keys.json',
    ],
    'Certificates of the ingress and of servers of others.',
  ),
  operators('4.2.1.2', 'wireless networks use strong cryptography'),
  met(
    '4.2.2',
    'no PAN in messages to people',
    'Messages are made from templates, in which no number of a card or account is whole.',
    ['file:services/notification/src/messages'],
    [
      test(
        'services/notification/src/messages/templates',
        'has all values in both languages, and fits an SMS carrier',
      ),
    ],
  ),
]
