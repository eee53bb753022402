// Prints what RabbitMQ needs to know of bahi: its exchange and queues, and an account with least rights per process.
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { amqpPasswordName, brokerDefinitions, brokerUsers } from '@bahi/platform/broker-accounts.ts'
import { distributedLayouts, isDistributedLayout } from '@bahi/platform/layouts.ts'

const help = `npm run --silent broker -- [--layout <name>] [--vhost <name>] > definitions.json

Prints definitions for RabbitMQ (rabbitmqctl import_definitions, or load_definitions in its configuration): exchange,
queues, and for each process of the layout an account that may do what its services do. Run the services with
BAHI_BUS_DECLARES=false then. Passwords are printed as salted hashes.

  --layout <name>  ${distributedLayouts.join(' or ')} (default separate)
  --vhost <name>   the virtual host (default /)
  --sandbox        an account for the sandbox too
  --help           this text

The password of an account is read from BAHI_<PROCESS>_AMQP_PASSWORD, such as BAHI_USER_AMQP_PASSWORD or
BAHI_PAYMENT_PATH_AMQP_PASSWORD, or from the file that the same name with _FILE names.
Ends with 78 when one is missing.`

const { values } = parseArguments(help, {
  layout: { type: 'string', default: 'separate' },
  vhost: { type: 'string', default: '/' },
  sandbox: { type: 'boolean' },
})
const { layout } = values
if (!isDistributedLayout(layout)) exitWith(`there is no layout ${layout}\n\n${help}`)

const wanted = brokerUsers(layout).filter(({ user }) => values.sandbox || user !== 'bahi_sandbox')
try {
  const passwords = new Map(wanted.map(({ user }) => [user, secretOf(amqpPasswordName(user), process.env)]))
  const missing = [...passwords]
    .filter(([, password]) => !password)
    .map(([user]) => `${amqpPasswordName(user)} is missing`)
  if (missing.length > 0) throw new Error(missing.join('\n'))
  console.log(
    JSON.stringify(
      brokerDefinitions(wanted, (user) => passwords.get(user), values.vhost),
      undefined,
      2,
    ),
  )
} catch (error) {
  exitWith((error as Error).message, 78)
}
