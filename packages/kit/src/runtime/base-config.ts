// The settings of any process.
import Type from 'typebox'
import { BlobConfig } from '../blobs/blob-config.ts'

const port = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: value, description })

const file = (example: string, description: string) =>
  Type.Optional(Type.String({ examples: [example], description }))

export const BaseConfig = Type.Object({
  BAHI_MODE: Type.Union([Type.Literal('sandbox'), Type.Literal('production')], {
    default: 'production',
    description:
      '`sandbox` simulates the outside world and opens the routes that testers use; `production` does not start with ' +
      'cleartext to other hosts, simulations or weak secrets.',
  }),
  BAHI_LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', description: 'The least serious lines that are logged.' },
  ),
  BAHI_HOST: Type.String({ default: '0.0.0.0', description: 'The address that the ports listen on.' }),
  BAHI_PORT: port(8080, 'Port of the public edge; used by a process that runs it.'),
  BAHI_INTERNAL_PORT: port(8081, 'Port for calls from services of other processes. Not for the public.'),
  BAHI_ADMIN_PORT: port(
    8082,
    'Port of `/livez`, `/readyz` and `/metrics`, for the orchestrator and Prometheus. Not for the public.',
  ),
  BAHI_ADMIN_HOST: Type.Optional(
    Type.String({
      examples: ['127.0.0.1'],
      description: 'The address that the admin port listens on, when it is not `BAHI_HOST`.',
    }),
  ),
  BAHI_DRAIN_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 5_000,
    description: 'Milliseconds that a stopping process is not ready before it closes its ports.',
  }),
  BAHI_UNREADY_AFTER_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 15_000,
    description:
      'Milliseconds that the database must fail without a break until a process that was ready is not ready any ' +
      'more; each process takes up to half as long again, so that copies do not turn together.',
  }),
  BAHI_DATA_KEYS: Type.Optional(
    Type.String({
      secret: true,
      examples: ['{"user":{"current":"2026-01","keys":{"2026-01":"…"},"fingerprintKey":"…"}}'],
      description:
        'JSON: name of each service → `{ current, keys, fingerprintKey }`: encrypts personal data at rest.',
    }),
  ),
  ...BlobConfig,
  BAHI_SIGNING_KEYS: Type.String({
    secret: true,
    examples: ['{"user":{"kty":"OKP","crv":"Ed25519","x":"…","d":"…"}}'],
    description:
      'JSON: name of each service of this process → the private JWK (Ed25519) that signs its calls.',
  }),
  BAHI_SERVICE_KEYS: Type.String({
    examples: ['{"user":{"kty":"OKP","crv":"Ed25519","x":"…"}}'],
    description:
      'JSON: name of each service → its public JWK, or a list of them while a key is replaced. A token names its key.',
  }),
  BAHI_SERVICE_URLS: Type.String({
    default: '{}',
    examples: ['{"user":"https://user.bahi.svc:8081"}'],
    description:
      'JSON: name of each service of other processes → URL of its internal port, or a list of them for its copies. A ' +
      'host name stands for all addresses that it resolves to, such as the pods of a headless Service.',
  }),
  BAHI_DISCOVERY_S: Type.Integer({
    minimum: 1,
    maximum: 300,
    default: 5,
    description: 'Seconds after which the host names of other services are resolved again.',
  }),
  BAHI_CONNECTION_LIFETIME_S: Type.Integer({
    minimum: 1,
    maximum: 86_400,
    default: 60,
    description:
      'Seconds after which connections to other services are replaced, so that new copies get their share.',
  }),
  BAHI_TLS_CERT_FILE: file(
    '/etc/bahi/tls/tls.crt',
    'Certificate (PEM, with its chain) for calls between services: with it the internal port takes TLS only, from ' +
      'callers with a certificate of the same CA. Read again when it changes, as key and CA are.',
  ),
  BAHI_TLS_KEY_FILE: file('/etc/bahi/tls/tls.key', 'Private key (PEM) of that certificate.'),
  BAHI_TLS_CA_FILE: file(
    '/etc/bahi/tls/ca.crt',
    'Certificate of the CA (PEM, one or more) that other services are known by.',
  ),
  BAHI_CA_FILES: file(
    '/etc/bahi/ca/postgres.crt,/etc/bahi/ca/rabbitmq.crt',
    'CAs (PEM files with commas between them) that certificates of PostgreSQL, Redis, RabbitMQ, S3 and mail servers ' +
      'are trusted by, beside those of the system.',
  ),
  BAHI_CLEARTEXT_HOSTS: Type.String({
    default: '',
    examples: ['pgbouncer.bahi.svc'],
    description:
      'Hosts, with commas between them, that production may reach in the clear because something else encrypts the ' +
      'way; `*` is any, and the own internal port too: for a service mesh. A name covers the names below it.',
  }),
  BAHI_POOL_SIZE: Type.Integer({
    minimum: 1,
    maximum: 500,
    default: 10,
    description:
      'Connections to PostgreSQL of each service of a process; all copies together stay below the server\u2019s limit.',
  }),
  BAHI_DATABASE_WAIT_MS: Type.Integer({
    minimum: 0,
    maximum: 9_000,
    default: 6_000,
    description:
      'Milliseconds, from when a request came, that it waits for a database that is away, such as in a failover, ' +
      'with what was certainly not executed; then it is refused with `unavailable`. Below the 10 s that calls take.',
  }),
  BAHI_DATABASE_WAITING: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    default: 200,
    description:
      'Statements of each service that wait for a database that is away; those beyond are refused at once.',
  }),
  BAHI_DATABASE_URLS: Type.String({
    secret: true,
    default: '{}',
    examples: ['{"user":"postgres://bahi_user:…@postgres:5432/bahi?sslmode=verify-full"}'],
    description:
      'JSON: name of each service of this process → the URL of PostgreSQL, with the role of the service.',
  }),
  BAHI_REPLICA_URLS: Type.String({
    secret: true,
    default: '{}',
    examples: ['{"audit":"postgres://bahi_audit:…@postgres-ro:5432/bahi?sslmode=verify-full"}'],
    description:
      'JSON: name of each service of this process → the URL of a streaming replica, for history, statements and the ' +
      'console. A service without one reads on the primary.',
  }),
  BAHI_REPLICA_WAIT_MS: Type.Integer({
    minimum: 0,
    maximum: 2_000,
    default: 100,
    description:
      'Milliseconds that a read waits until the replica has what its person wrote; then the primary is read.',
  }),
  BAHI_REPLICA_MAX_LAG_S: Type.Integer({
    minimum: 1,
    maximum: 60,
    default: 10,
    description: 'Seconds that the replica may be behind for what others wrote; beyond, the primary is read.',
  }),
  REDIS_URL: Type.String({
    secret: true,
    pattern: '^rediss?(-sentinel|-cluster)?://',
    examples: ['rediss://bahi:…@redis:6379', 'rediss-sentinel://bahi:…@s1:26379,s2:26379,s3:26379/bahi'],
    description:
      'Redis. With Sentinel `redis-sentinel://user:password@host:port,…/<name of the master>`, as a cluster ' +
      '`redis-cluster://user:password@host:port,…`; `rediss…` is over TLS.',
  }),
  AMQP_URL: Type.String({
    secret: true,
    pattern: '^amqps?://',
    examples: ['amqps://bahi_user:…@rabbitmq:5671'],
    description: 'RabbitMQ, with the account of the service; `amqps` is over TLS.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://',
      examples: ['https://collector:4318'],
      description:
        'OpenTelemetry collector that traces are sent to (OTLP over HTTP, JSON). Without it none are recorded.',
    }),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: Type.Optional(
    Type.String({
      secret: true,
      examples: ['authorization=Bearer …'],
      description: 'Headers of requests to the collector: `name=value`, with commas between them.',
    }),
  ),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.01,
    description:
      'Share of traces that are kept whatever becomes of them; failures and slow ones are kept beside them.',
  }),
  BAHI_TRACE_SLOW_MS: Type.Integer({
    minimum: 1,
    maximum: 60_000,
    default: 1_000,
    description:
      'Milliseconds after which a request, a batch or an event is slow, and its part of a trace kept.',
  }),
  BAHI_BUS_DECLARES: Type.Boolean({
    default: true,
    description:
      'Whether services declare exchange and queues; `false` for accounts that may not: an administrator makes ' +
      'them, see `npm run broker`.',
  }),
})
