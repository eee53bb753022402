// Redis as a primary and a replica, watched by three Sentinels, on loopback: for drills.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { need, startRedis, startSentinel, type Lost, type Server } from './servers.ts'

export type RedisWithSentinels = Server & {
  /** kill -9 of the server that is written to, which `back` starts again, as a replica. */
  killPrimary(): Promise<Lost>
}

const run = promisify(execFile)
const readyTimeoutMs = 60_000

type Node = { name: string; server: Server }

export async function startRedisWithSentinels(folder: string): Promise<RedisWithSentinels> {
  const running: Server[] = []
  const started = async (server: Promise<Server>) => {
    running.unshift(await server)
    return running[0]!
  }
  const stop = async () => {
    for (const server of running) await server.stop()
  }
  const args = ['--repl-diskless-sync-delay', '0']
  try {
    const primary = await started(startRedis({ dir: join(folder, 'redis1'), args }))
    const replicaOf = ['--replicaof', '127.0.0.1', new URL(primary.url).port]
    const replica = await started(startRedis({ dir: join(folder, 'redis2'), args: [...args, ...replicaOf] }))
    let nodes: [Node, Node] = [
      { name: 'redis1', server: primary },
      { name: 'redis2', server: replica },
    ]
    const sentinels: Server[] = []
    for (const nth of [1, 2, 3]) {
      const options = { dir: join(folder, `sentinel${nth}`), quorum: 2 }
      sentinels.push(await started(startSentinel(primary.url, options)))
    }
    const ports = sentinels.map(({ url }) => new URL(url).port)
    for (const port of ports) await untilItKnowsAll(port)
    const addresses = ports.map((port) => `127.0.0.1:${port}`).join(',')
    return {
      ...{ url: `redis-sentinel://${addresses}/bahi`, pid: primary.pid, stop },
      async killPrimary() {
        const [{ name, server }, other] = nodes
        process.kill(server.pid, 'SIGKILL')
        await server.stop()
        const port = Number(new URL(server.url).port)
        return {
          name,
          async back() {
            // A Sentinel makes it a replica of the new primary.
            const again = await started(startRedis({ dir: join(folder, name), port, args }))
            nodes = [other, { name, server: again }]
          },
        }
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Until a Sentinel sees the replica and both other Sentinels. */
async function untilItKnowsAll(port: string): Promise<void> {
  let state = ''
  for (const until = Date.now() + readyTimeoutMs; Date.now() < until; await delay(100)) {
    state = (await run(need('redis-cli'), ['-p', port, 'info', 'sentinel'])).stdout
    if (state.includes('slaves=1,sentinels=3')) return
  }
  throw new Error(`the Sentinel on port ${port} does not see a replica and three Sentinels: ${state}`)
}
