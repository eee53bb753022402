// `leader-watch`: one in each zone of a Patroni cluster. Together they end the lock of a leader that is silent.
import { setTimeout as delay } from 'node:timers/promises'
import { createLog } from '@bahi/kit/log.ts'
import { metricsText } from '@bahi/kit/metrics-text.ts'
import { createAdminListener } from '@bahi/kit/runtime/admin-listener.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { etcdAt } from './etcd.ts'
import { answersRest, answersSql } from './reachable.ts'
import { createWatchMetrics } from './watch-metrics.ts'
import { createWatch, type Found } from './watch.ts'

const help = `leader-watch --etcd <url,…> --scope <name> --zone <name> --zones <name,name,name>

Looks every second whether the leader of a Patroni cluster answers: its REST API, and its PostgreSQL. When it has not
for a while, and has not renewed its lock in etcd either, this says so in etcd. Once most of the zones say the same, its
lock is ended, and Patroni makes a synchronous standby the leader, long before the lock's own time (ttl) is over. At
most once a minute; never without strict synchronous replication, while Patroni is paused, or when no synchronous
standby answers. Needs Patroni 3.0.3 or newer with etcd3. See docs/operate/disaster.md.

  --etcd <url,…>        members of etcd; their CA by NODE_EXTRA_CA_CERTS, an account by ETCD_USER and ETCD_PASSWORD
  --scope <name>        of Patroni
  --namespace <path>    of Patroni (default /service)
  --zone <name>         where this one is
  --zones <name,…>      all that have one: three or more
  --silent-seconds <n>  how long the leader must be silent, at least 3 (default 6)
  --host, --port        of /livez, /readyz and /metrics (default 127.0.0.1, 8009)
  --help                this text`

const { values } = parseArguments(help, {
  etcd: { type: 'string' },
  scope: { type: 'string' },
  namespace: { type: 'string', default: '/service' },
  zone: { type: 'string' },
  zones: { type: 'string' },
  'silent-seconds': { type: 'string', default: '6' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8009' },
})
const given = (name: 'etcd' | 'scope' | 'zone' | 'zones') =>
  values[name] ?? exitWith(`--${name} is missing\n\n${help}`)
// Each once: one that is named twice has one vote.
const zones = [...new Set(given('zones').split(','))]
const zone = given('zone')
const silentS = Number(values['silent-seconds'])
if (zones.length < 3) exitWith(`--zones ${values.zones}: two cannot outvote one; three or more`)
if (!zones.includes(zone)) exitWith(`--zone ${zone} is none of --zones`)
if (!(silentS >= 3)) exitWith(`--silent-seconds ${values['silent-seconds']}: a number from 3`)
const port = Number(values.port)
if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) exitWith(`--port ${values.port}: no port`)

const everyMs = 1_000
/** Of one question. */
const timeoutMs = 1_000
const { ETCD_USER: name, ETCD_PASSWORD: password = '' } = process.env
const urls = given('etcd').split(',')
const noUrl = urls.find((url) => !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
if (noUrl !== undefined) exitWith(`--etcd ${values.etcd}: ${noUrl || 'nothing'} is no URL of http or https`)
const watch = createWatch({
  // As Patroni reads it: with or without slashes around it.
  namespace: `/${values.namespace.replace(/^\/+|\/+$/g, '')}`,
  ...{ scope: given('scope'), zone, zones, silentS },
  etcd: etcdAt({
    urls: urls.map((url) => url.replace(/\/+$/, '')),
    timeoutMs,
    user: name === undefined ? undefined : { name, password },
  }),
  answersRest: (url) => answersRest(url, timeoutMs),
  answersSql: (url) => answersSql(url, timeoutMs),
})

const log = createLog('leader-watch', 'info')
const seen = createWatchMetrics()
const admin = createAdminListener({
  readiness: () => Promise.resolve({ ready: !seen.isBlind() }),
  metrics: (format) => metricsText([seen.metrics], format),
})
log.info({ url: await admin.listen(port, values.host), zone, zones, silentS }, 'watching')

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0))

const blind = 'etcd cannot be asked'
let last = ''
/** Each change once. */
function note(found: Found): void {
  seen.saw(found)
  if (found.state === 'ended')
    log.error(found, `${found.leader} was silent: its lock has been ended, a standby takes over`)
  const now = `${found.state} ${'why' in found ? found.why : ''}`
  if (now !== last && found.state !== 'ended')
    log[found.state === 'answers' ? 'info' : 'warn'](found, `the leader: ${now}`)
  last = now
}

for (;;) {
  const began = performance.now()
  try {
    note(await watch.look())
  } catch (error) {
    seen.failed()
    if (last !== blind) log.error({ err: error }, blind)
    last = blind
  }
  await delay(Math.max(0, began + everyMs - performance.now()))
}
