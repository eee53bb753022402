// What an administrator loads into RabbitMQ once: exchange, queues, and accounts that may do what each service does.
import { createHash, randomBytes } from 'node:crypto'
import { defaultRetry } from './bus.ts'
import { lockQueue } from './rabbit-dead-letters.ts'
import {
  bindings,
  deadOf,
  deadQueue,
  delayOf,
  delayQueue,
  exchange,
  mainExchange,
  mainQueue,
} from './rabbit-topology.ts'

export type BrokerAccount = {
  user: string
  password: string
  /** Sources that it publishes events of. */
  publishes: string[]
  /** Queues that it consumes. */
  consumes: string[]
  /** Whether it receives events as they are published, on queues of its own. */
  listens: boolean
  /** Whether it handles dead letters of all queues. */
  operates: boolean
  /** Whether it is a person's or the orchestrator's, who may do anything. */
  administers?: boolean
}

export type BrokerQueue = { queue: string; sources: string[] }

const generated = String.raw`amq\.gen.*`

/** As `rabbitmqctl import_definitions` takes them. Passwords are in it as salted hashes. */
export function rabbitDefinitions(accounts: BrokerAccount[], queues: BrokerQueue[], vhost = '/') {
  const limited = accounts.filter(({ administers }) => !administers)
  const delays = [...new Set(defaultRetry.backoffMs)]
  const all = [
    ...queues.flatMap(({ queue }) => [mainQueue(queue), deadQueue(queue)]),
    ...delays.map((ms) => delayQueue(ms)),
  ]
  const bound = [
    ...queues.flatMap(({ queue, sources }) => bindings(sources, queue)),
    ...delays.map((ms) => ({ exchange: delayOf(ms), queue: delayOf(ms), routingKey: '' })),
  ]
  const exchanges = [mainExchange, ...delays.map((ms) => ({ exchange: delayOf(ms), type: 'fanout' }))]
  return {
    vhosts: [{ name: vhost }],
    users: accounts.map(({ user, password, administers }) => ({
      name: user,
      password_hash: passwordHash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: administers ? 'administrator' : '',
    })),
    permissions: accounts.map((account) => ({ user: account.user, vhost, ...rightsOf(account, queues) })),
    topic_permissions: limited.map(({ user, publishes }) => ({
      ...{ user, vhost, exchange },
      write: only(publishes.map(escaped)),
      read: '.*',
    })),
    exchanges: exchanges.map(({ exchange: name, type }) => ({
      ...{ name, vhost, type },
      ...{ durable: true, auto_delete: false, internal: false, arguments: {} },
    })),
    queues: all.map(({ queue: name, arguments: args }) => ({
      ...{ name, vhost, durable: true, auto_delete: false },
      arguments: args,
    })),
    bindings: bound.map((binding) => ({
      ...{ source: binding.exchange, vhost, destination: binding.queue ?? '', destination_type: 'queue' },
      ...{ routing_key: binding.routingKey, arguments: {} },
    })),
  }
}

function rightsOf(account: BrokerAccount, queues: BrokerQueue[]) {
  if (account.administers) return { configure: '.*', write: '.*', read: '.*' }
  const own = account.listens ? [generated] : []
  const handles = account.operates ? queues.map(({ queue }) => queue) : account.consumes
  const lock = handles.length > 0 ? [escaped(lockQueue)] : []
  // What fails is sent to a delay, and through the default exchange to the dead letters; replays return through it.
  const aside =
    handles.length > 0
      ? [String.raw`amq\.default`, String.raw`${escaped(delayOf(0)).replace(/0$/, '')}\d+`]
      : []
  return {
    configure: only([...own, ...lock]),
    write: only([...own, ...(account.publishes.length > 0 ? [escaped(exchange)] : []), ...aside]),
    read: only([
      ...(account.listens ? [generated, escaped(exchange)] : []),
      ...account.consumes.map(escaped),
      ...handles.map((queue) => escaped(deadOf(queue))),
    ]),
  }
}

const escaped = (name: string) => name.replaceAll('.', String.raw`\.`)
const only = (patterns: string[]) => (patterns.length === 0 ? '^$' : `^(${patterns.join('|')})$`)

/** RabbitMQ's own: a salt of four bytes, and SHA-256 of salt and password. */
function passwordHash(password: string): string {
  const salt = randomBytes(4)
  const hash = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, hash]).toString('base64')
}
