// Lists the open sessions of a person with their devices.
import type { listSessions as contract } from '@bahi/contracts/auth.ts'
import type { Output } from '@bahi/contracts/call.ts'
import type { AuthDeps } from '../deps.ts'
import { openSessions } from './store.ts'

const maxListed = 100

export async function listSessions(
  deps: AuthDeps,
  person: { userId: string; sessionId: string },
): Promise<Output<typeof contract>> {
  const rows = await openSessions(deps.sql, person.userId, deps.clock.now(), maxListed)
  return {
    sessions: rows.map((row) => ({
      id: row.id,
      device: { id: row.deviceId, name: row.deviceName },
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt.toISOString(),
      ...(row.begunBy === null ? {} : { begunBy: row.begunBy }),
      ...(row.network === null ? {} : { network: row.network }),
      current: row.id === person.sessionId,
    })),
  }
}
