// Three nodes of RabbitMQ as one broker behind HAProxy, on loopback: for drills. Each queue, a quorum queue, is on all
// three nodes, and what was confirmed is on two.
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@bahi/kit/port.ts'
import { startProxy } from './haproxy.ts'
import {
  end,
  launchRabbit,
  need,
  rabbitEnv,
  startNames,
  untilListening,
  type Launched,
  type Lost,
  type RabbitNode,
  type Server,
} from './servers.ts'

export type RabbitCluster = Server & {
  /** kill -9 of one node, of another one each time, which `back` starts again. */
  killNode(): Promise<Lost>
}

const run = promisify(execFile)
const readyTimeoutMs = 120_000
const names = ['bahi1', 'bahi2', 'bahi3']

export async function startRabbitCluster(folder: string): Promise<RabbitCluster> {
  await mkdir(folder, { recursive: true })
  const nameServer = await startNames(folder)
  const settings = [
    'cluster_formation.peer_discovery_backend = classic_config',
    ...names.map((name, nth) => `cluster_formation.classic_config.nodes.${nth + 1} = ${name}@localhost`),
    // Of nodes that no longer see each other, the larger part goes on alone.
    'cluster_partition_handling = pause_minority',
  ]
  const nodes: (RabbitNode & { name: string; launched?: Launched })[] = []
  for (const name of names) {
    const dir = join(folder, name)
    await mkdir(dir, { recursive: true })
    // Nodes that know the same word are one cluster.
    await writeFile(join(dir, '.erlang.cookie'), 'of-a-drill', { mode: 0o400 })
    const [port, nodesPort] = [await freePort(), await freePort()]
    nodes.push({ dir, port, nodesPort, names: nameServer, name, settings })
  }
  const start = async (node: (typeof nodes)[number]) => {
    node.launched = await launchRabbit(node)
    await untilListening(node.launched, node.port, readyTimeoutMs)
  }
  const port = await freePort()
  let proxy: Launched | undefined
  const stop = async () => {
    if (proxy) await end(proxy.child)
    await Promise.all(nodes.map(({ launched }) => launched && end(launched.child)))
    await end(nameServer.child)
  }
  try {
    await Promise.all(nodes.map(start))
    const [first] = nodes
    const env = { ...process.env, ...rabbitEnv(first!) }
    await run(need('rabbitmqctl'), ['await_online_nodes', String(nodes.length)], {
      env,
      timeout: readyTimeoutMs,
    })
    const servers = nodes.map((node) => ({ name: node.name, port: node.port }))
    proxy = await startProxy(folder, { name: 'rabbitmq', port, servers })
  } catch (error) {
    await stop()
    throw error
  }
  let killed = 0
  return {
    ...{ url: `amqp://guest:guest@127.0.0.1:${port}`, pid: proxy.child.pid!, stop },
    killNode() {
      const node = nodes[killed++ % nodes.length]!
      process.kill(node.launched!.child.pid!, 'SIGKILL')
      return Promise.resolve({ name: node.name, back: () => start(node) })
    },
  }
}
