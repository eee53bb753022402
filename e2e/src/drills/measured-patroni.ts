// A cluster of Patroni, and what account would say of it if it were the platform's database: through the same function,
// as the same role.
import { createMetrics } from '@bahi/kit/metrics.ts'
import { metricsText } from '@bahi/kit/metrics-text.ts'
import { createAdminListener } from '@bahi/kit/runtime/admin-listener.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { roleOf } from '@bahi/kit/sql/roles.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { measureDatabaseServer } from '@bahi/account/database/metrics.ts'
import { service } from '@bahi/account/app.ts'
import { startPatroni, type PatroniCluster } from '@bahi/testing/patroni.ts'

export async function startMeasuredPatroni(
  folder: string,
  { watchPorts, standbyPort }: { watchPorts: number[]; standbyPort: number },
): Promise<PatroniCluster> {
  const cluster = await startPatroni(folder, { watchPorts })
  const account = { name: service.name, migrations: service.migrations!, password: 'of-this-drill' }
  await migrate(cluster.adminUrl, [account])
  const url = Object.assign(new URL(cluster.adminUrl), {
    ...{ username: roleOf(account.name), password: account.password },
  })
  const sql = connect(url.href, { max: 1, name: 'bahi-drill' })
  const metrics = createMetrics(account.name)
  measureDatabaseServer({ metrics, sql }, { standbys: 0 })
  const listener = createAdminListener({
    readiness: () => Promise.resolve({ ready: true }),
    metrics: (format) => metricsText([metrics], format),
  })
  await listener.listen(standbyPort, '127.0.0.1')
  return {
    ...cluster,
    async stop() {
      await listener.close(1_000)
      await sql.end({ timeout: 1 })
      await cluster.stop()
    },
  }
}
