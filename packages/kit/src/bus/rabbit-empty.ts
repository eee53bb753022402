// Empties a broker after its database was restored: its queues hold events of a time that the database does not know.
import { Connection } from 'rabbitmq-client'
import { defaultRetry } from './bus.ts'
import { deadOf, delayOf } from './rabbit-topology.ts'

/**
 * Deletes the queues with their dead and delayed letters; the platform declares them again. Returns how many messages
 * are gone. Throws when somebody still consumes: the platform must not run.
 */
export async function emptyBroker(url: string, queues: string[]): Promise<number> {
  const connection = new Connection({ url, acquireTimeout: 5_000, connectionTimeout: 5_000 })
  connection.on('error', () => undefined)
  try {
    const names = [...queues, ...queues.map(deadOf), ...defaultRetry.backoffMs.map(delayOf)]
    const there: string[] = []
    for (const queue of names) {
      const found = await connection
        .queueDeclare({ queue, passive: true })
        .catch((error: { code?: string }) => {
          if (error.code === 'NOT_FOUND') return undefined
          throw error
        })
      if (found && found.consumerCount > 0)
        throw new Error(`${queue} has a consumer: stop the platform before its broker is emptied`)
      if (found) there.push(queue)
    }
    let gone = 0
    for (const queue of there) gone += (await connection.queueDelete({ queue })).messageCount
    return gone
  } finally {
    await connection.close()
  }
}
