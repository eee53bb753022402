// Dead letters from the terminal: over the operators' API, or straight to the broker when the platform is down.
import { maskDeadLetter } from '@bahi/audit/dead-letters/dead-letters.ts'
import * as audit from '@bahi/contracts/audit.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { rabbitBus } from '@bahi/kit/bus/rabbit-bus.ts'
import { platformQueues } from '@bahi/kit/events/consume.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { operatorAt, operatorHelp, operatorOptions, refusalOf } from '@bahi/platform/operator-login.ts'

const help = `npm run dlq -- list [<queue>]
npm run dlq -- show <queue> <id>
npm run dlq -- replay <queue> <id>
npm run dlq -- replay <queue> --all
npm run dlq -- drop <queue> <id>

Dead letters are batches of events that a service could not handle, however often it tried. Replay gives one back to its
service, once the cause is fixed; events that were processed are not processed again. Drop deletes it for good.
Ends with 0 when it was done, with 1 when it was refused or not found, with 2 for a command that it does not know.

${operatorHelp}
  --amqp <url>       past the platform, straight to RabbitMQ; leaves no record of who did it
  --json             for a program
  --help             this text`

/** What the command can do, whichever way it goes. */
type Way = {
  list(queue?: string): Promise<Pick<audit.DeadLetterDetail, 'id' | 'queue' | 'error' | 'at' | 'events'>[]>
  show(queue: string, id: string): Promise<audit.DeadLetterDetail>
  replay(queue: string, id: string): Promise<void>
  drop(queue: string, id: string): Promise<void>
  close(): Promise<void>
}

const { values, positionals } = parseArguments(
  help,
  {
    ...operatorOptions,
    amqp: { type: 'string' },
    all: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  { allowPositionals: true },
)
const [verb = '', queue, id, ...more] = positionals
const fault = wrongWith()
if (fault) exitWith(`${fault}\n\n${help}`)

let way: Way | undefined
try {
  way = values.amqp ? pastThePlatform(values.amqp) : await overTheApi()
  await run(way)
} catch (error) {
  console.error(whyNot(error))
  process.exitCode = 1
} finally {
  await way?.close()
}

function wrongWith(): string | undefined {
  if (more.length > 0) return `what is ${more.join(' ')}?`
  if (verb === 'list') return id ? 'list takes a queue at most' : undefined
  if (!['show', 'replay', 'drop'].includes(verb)) return verb ? `what is ${verb}?` : 'what shall be done?'
  if (!queue) return `${verb} needs a queue`
  if (values.all && (verb !== 'replay' || id)) return '--all goes with replay and a queue, without an id'
  if (!id && !values.all)
    return `${verb} needs the id of a dead letter${verb === 'replay' ? ', or --all' : ''}`
  return undefined
}

async function run({ list, show, replay, drop }: Way): Promise<void> {
  if (verb === 'list') {
    const letters = await list(queue)
    if (values.json) return console.log(JSON.stringify(letters, undefined, 2))
    for (const letter of letters) {
      const types = [...new Set(letter.events.map((event) => event.type))].join(', ') || 'nothing readable'
      console.log(`${letter.queue}  ${letter.id}  ${letter.at}  ${letter.events.length} × ${types}`)
      console.log(`    ${letter.error.split('\n')[0]}`)
    }
    console.log(letters.length === 0 ? 'no dead letters' : `${letters.length} dead letter(s)`)
  } else if (verb === 'show') {
    console.log(JSON.stringify(await show(queue!, id!), undefined, 2))
  } else if (verb === 'drop') {
    await drop(queue!, id!)
    console.log('dropped')
  } else {
    const ids = id ? [id] : (await list(queue)).map((letter) => letter.id)
    for (const one of ids) await replay(queue!, one)
    console.log(`${ids.length} given back to ${queue}; see with list whether any comes again`)
  }
}

async function overTheApi(): Promise<Way> {
  const call = await operatorAt(values.url, values)
  return {
    list: async (queue) =>
      (
        await call(audit.listDeadLetters, { querystring: queue === undefined ? {} : { queue } })
      ).deadLetters.map((letter) => ({
        ...letter,
        events: letter.events.map((event) => ({ ...event, data: {} })),
      })),
    show: (queue, id) => call(audit.showDeadLetter, { params: { queue, id } }),
    replay: async (queue, id) => void (await call(audit.replayDeadLetter, { params: { queue, id } })),
    drop: async (queue, id) => void (await call(audit.dropDeadLetter, { params: { queue, id } })),
    close: () => Promise.resolve(),
  }
}

function pastThePlatform(url: string): Way {
  const bus = rabbitBus(url, { queues: platformQueues })
  const gone = () => new Problem('not-found', 'there is no such dead letter')
  return {
    list: async (queue) => (await bus.deadLetters(queue)).map(maskDeadLetter),
    async show(queue, id) {
      const letter = await bus.deadLetter(queue, id)
      if (!letter) throw gone()
      return maskDeadLetter(letter)
    },
    async replay(queue, id) {
      if ((await bus.replay(queue, id)) === 0) throw gone()
    },
    async drop(queue, id) {
      if (!(await bus.drop(queue, id))) throw gone()
    },
    close: () => bus.close(),
  }
}

function whyNot(error: unknown): string {
  if (error instanceof Problem) {
    return refusalOf(error)
  }
  if (values.amqp) return `${new URL(values.amqp).host} cannot be worked with: ${(error as Error).message}`
  return `${values.url} does not answer. Is the platform down? Then look with --amqp <url>`
}
