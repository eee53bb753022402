// docs/operate/settings.md: every setting of every process and command, written from the schemas that read them.
import { BaseConfig } from '@bahi/kit/runtime/base-config.ts'
import type { About } from '@bahi/kit/runtime/config.ts'
import Type, { type TObject } from 'typebox'
import { amqpPasswordName, brokerUsers } from './broker-accounts.ts'
import { services } from './services.ts'

const password = (whose: string) =>
  Type.String({
    secret: true,
    examples: ['openssl rand -base64 24'],
    description: `Password of ${whose}.`,
  })

/** What commands read beside the settings of processes. */
export const CommandConfig = Type.Object({
  DATABASE_ADMIN_URL: Type.Optional(
    Type.String({
      secret: true,
      examples: ['postgres://bahi:…@postgres:5432/bahi?sslmode=verify-full'],
      description:
        'The database as its owner, straight and not through a pooler: `npm run migrate`, `admin`, `reseal`, `verify`.',
    }),
  ),
  ...Object.fromEntries(
    services.flatMap(({ name, migrations }) =>
      migrations
        ? [
            [
              `BAHI_${name.toUpperCase()}_PASSWORD`,
              password(`the role \`bahi_${name}\`, for \`npm run migrate\``),
            ],
          ]
        : [],
    ),
  ),
  BAHI_REPORTING_PASSWORD: Type.Optional(
    password('the role `bahi_reporting`, which only reads, for `npm run migrate`'),
  ),
  BAHI_OPERATOR_PASSWORD: Type.Optional(
    Type.String({
      secret: true,
      description: 'Password of the operator who runs `npm run dlq` or `npm run reconcile`.',
    }),
  ),
  BAHI_OPERATOR_KEY_FILE: Type.Optional(
    Type.String({
      examples: ['~/.bahi/terminal-key'],
      description:
        'Keeps the key of the device that those commands sign in from; in the home folder unless given.',
    }),
  ),
  DATABASE_URL: Type.Optional(
    Type.String({
      secret: true,
      examples: ['postgres://bahi_reporting:…@postgres:5432/bahi?sslmode=verify-full'],
      description: 'The database as the role that only reads: `npm run verify:audit`, `npm run evidence`.',
    }),
  ),
  BAHI_AUDIT_KEYS: Type.Optional(
    Type.String({
      description:
        'JSON list of the public keys that `npm run verify:audit` and `npm run evidence` trust, as an auditor ' +
        'got them.',
    }),
  ),
  BAHI_BACKUPS: Type.Optional(
    Type.String({
      description:
        'The folder of backups: `npm run backup`, `restore`, and `npm start`, which then keeps its log there.',
    }),
  ),
  ...Object.fromEntries(
    brokerUsers('separate').map(({ user }) => [
      amqpPasswordName(user),
      password(`\`${user}\` at RabbitMQ, for \`npm run broker\``),
    ]),
  ),
})

const head = `# Settings

Written by \`npm run settings\` from the code that reads them, and compared with it by a test. Settings come from the
environment. A process names every fault in them at once and ends with status 78; unknown names that begin with
\`BAHI_\` are faults too, so set \`enableServiceLinks: false\` in Kubernetes or give Services other names.

A setting with 🔑 is secret: it is never logged, and \`<name>_FILE\` may name a file that holds it; the line's end after
it is dropped. Both at once are a fault. \`npm start\` needs none of them. It takes those of services from its
environment, where it does not decide them itself (keys, folders, ports), and refuses unknown ones.`

/** The whole document. */
export function settingsDocument(): string {
  const shared = new Set(Object.keys(BaseConfig.properties))
  return [
    head,
    section('Every process', BaseConfig),
    ...services
      .filter(({ config }) => Object.keys(config.properties).some((name) => !shared.has(name)))
      .map(({ name, config }) => section(`Processes that run ${name}`, config)),
    section('Commands', CommandConfig),
  ].join('\n\n')
}

function section(title: string, config: TObject): string {
  const { properties, required = [] } = config as { properties: object; required?: string[] }
  const rows = Object.entries(properties).map(([name, property]) => {
    const about = property as About
    const cells = [
      `\`${name}\`${about.secret ? ' 🔑' : ''}`,
      about.description ?? '',
      defaultOf(about, required.includes(name)),
      (about.examples ?? []).map((one) => `\`${String(one)}\``).join(' or '),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return [
    `## ${title}\n`,
    '| Name | Meaning | Default | Example |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

function defaultOf({ default: value }: About, isRequired: boolean): string {
  if (value === '') return 'empty'
  if (value !== undefined) return `\`${String(value)}\``
  return isRequired ? '**required**' : 'none'
}
