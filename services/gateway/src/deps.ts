// The gateway's settings and dependencies.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'

const rate = (text: string, description: string) =>
  Type.String({
    pattern: '^[1-9][0-9]{0,8}:([1-9][0-9]{0,8}|0\\.[0-9]*[1-9])$',
    default: text,
    description: `${description}: \`capacity:refillPerS\`.`,
  })

export const Config = Type.Object({
  BAHI_ISSUER: Type.String({
    pattern: '^https?://[^\\s]+$',
    maxLength: 200,
    default: 'https://bahi.local',
    description: 'Issuer that access tokens must name: the public URL of the platform.',
  }),
  BAHI_RATE_PERSON: rate('60:20', 'Requests of one person'),
  BAHI_RATE_DEVICE: rate('40:15', 'Requests of one person from one device'),
  BAHI_RATE_ADDRESS: rate('300:100', 'Requests of one address without a verified token'),
  BAHI_RATE_SIGN_IN: rate('60:2', 'Codes, registrations and logins of one address, for each of these paths'),
  BAHI_RATE_FILES: rate('600:100', 'Files, documentation and paths that do not exist, of one address'),
  BAHI_TRUSTED_PROXIES: Type.String({
    default: '',
    description: 'Addresses or CIDR networks, separated by commas, whose `x-forwarded-for` is trusted.',
  }),
  BAHI_MAX_CONNECTIONS: Type.Integer({
    minimum: 10,
    maximum: 1_000_000,
    default: 25_000,
    description: 'Connections to the public port. Beyond it idle ones make room, else new ones are refused.',
  }),
  BAHI_MAX_CONNECTIONS_PER_ADDRESS: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    default: 2_000,
    description:
      'Connections of one address: mobile carriers have thousands of people behind one. Trusted proxies have no limit.',
  }),
  BAHI_ALLOWED_ORIGINS: Type.String({
    default: '',
    description: 'Origins of web apps on other hosts that may call, separated by commas; none means no CORS.',
  }),
  BAHI_NETWORK_PEER_KEY: Type.String({
    default: '',
    description:
      'Public JWK (OKP Ed25519) of the payment network, or a list of them while it replaces its key; ' +
      'without it messages of the network are refused.',
  }),
  BAHI_WEB_FOLDER: Type.String({
    default: '',
    description: 'Folder of the built web app, absolute; without one only the API is served.',
  }),
  BAHI_CONSOLE_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description: 'Port of the operators’ console; 0: it is not opened.',
  }),
  BAHI_CONSOLE_FOLDER: Type.String({
    default: '',
    description: 'Folder of the built console, absolute; without one only its API is served.',
  }),
  BAHI_CONSOLE_NETWORKS: Type.String({
    default: '127.0.0.0/8,::1/128',
    description:
      'Networks (CIDR), separated by commas, from which the console may be used; default: loopback.',
  }),
  BAHI_CONSOLE_IDLE_S: Type.Integer({
    minimum: 1,
    maximum: 3_600,
    default: 900,
    description: 'Seconds without a request after which a session of the console ends.',
  }),
  BAHI_RATE_CONSOLE: rate('120:20', 'Requests of one person, and of one address, to the console'),
  BAHI_RATE_CONSOLE_SIGN_IN: rate('20:0.2', 'Codes and logins of one address at the console'),
  BAHI_BACKUP_STATUS: Type.String({
    default: '',
    description:
      'File `status.json` of the repository of backups, absolute, for the page of health and the metrics of backups; ' +
      'without it the page says nothing of them, and the gateway has no such metrics.',
  }),
  BAHI_STREAM_HEARTBEAT_MS: Type.Integer({
    minimum: 10,
    maximum: 30_000,
    default: 15_000,
    description:
      'Milliseconds of silence after which a live stream gets a comment. ' +
      'Clients take a line that is silent for 40 s for lost.',
  }),
})

export type GatewayDeps = Deps<Static<typeof Config>>
