// PostgreSQL with faults: failed connections, failed commits, commits whose answer is lost, crashes.
import type { Sql, Tx } from '@bahi/kit/sql/sql.ts'
import { postgres } from '@bahi/kit/sql/postgres-driver.ts'
import type { SimulatedClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { never, type Incarnation } from './incarnation.ts'

type Query = Promise<unknown>
type FaultContext = { incarnation: Incarnation; faults: Faults; clock: SimulatedClock }

function lost(): Error {
  return Object.assign(new Error('the connection to the database was lost'), { code: 'CONNECTION_CLOSED' })
}

function deadlock(): Error {
  const facts = { message: 'deadlock detected', code: '40P01', severity: 'ERROR' }
  return new postgres.PostgresError(facts as never)
}

/** The `sql` of one incarnation. */
export function faultySql(sql: Sql, context: FaultContext): Sql {
  const { incarnation, faults, clock } = context
  const where = incarnation.process
  let inFlight = 0
  // The clock does not wait for a crashed incarnation: what it awaits never resolves.
  void incarnation.ended.then(() => {
    for (; inFlight > 0; inFlight -= 1) clock.done()
  })
  function busy(): void {
    inFlight += 1
    clock.busy()
  }
  function done(): void {
    if (inFlight === 0) return
    inFlight -= 1
    clock.done()
  }

  /** A statement runs when it is first awaited, as always; inside a transaction only a crash stops it. */
  function instrument(query: Query, alone: boolean): Query {
    const proto = Object.getPrototypeOf(query) as Query
    let settled: Query | undefined
    const settle = () => (settled ??= settleOnce())
    async function settleOnce(): Promise<unknown> {
      if (incarnation.dead) return never()
      if (alone && faults.happens('sql: statement fails', where)) throw lost()
      busy()
      let rows: unknown
      try {
        rows = await new Promise((resolve, reject) => void proto.then.call(query, resolve, reject))
      } catch (error) {
        if (incarnation.dead) return await never()
        throw error
      } finally {
        done()
      }
      if (incarnation.dead) return never()
      if (alone && faults.happens('sql: answer of the statement lost', where)) throw lost()
      return rows
    }
    return Object.assign(query, {
      then: (good?: never, bad?: never) => settle().then(good, bad),
      catch: (bad?: never) => settle().catch(bad),
      finally: (run?: never) => settle().finally(run),
    })
  }

  function wrap<T extends Sql | Tx>(target: T, alone: boolean): T {
    return new Proxy(target, {
      apply(callee, _this, args: unknown[]) {
        const result = Reflect.apply(callee as never, undefined, args) as unknown
        return isStatement(args[0]) ? instrument(result as Query, alone) : result
      },
      get(callee, property, receiver) {
        if (property === 'unsafe') {
          return (...args: unknown[]) =>
            instrument(Reflect.apply(callee.unsafe as never, callee, args) as Query, alone)
        }
        if (property === 'begin' && alone) return begin
        return Reflect.get(callee, property, receiver) as unknown
      },
    })
  }

  async function begin(run: (tx: Tx) => Promise<unknown>): Promise<unknown> {
    if (incarnation.dead) return never()
    if (faults.happens('sql: no connection', where)) throw lost()
    let result: unknown
    busy()
    try {
      result = await sql.begin(async (tx) => {
        const value = await run(wrap(tx as Tx, false))
        if (faults.happens('crash: before a commit', where)) incarnation.die()
        if (incarnation.dead) return never()
        if (faults.happens('sql: fails before its commit', where)) throw lost()
        if (faults.happens('sql: deadlock', where)) throw deadlock()
        return value
      })
    } catch (error) {
      if (incarnation.dead) return await never()
      throw error
    } finally {
      done()
    }
    if (faults.happens('crash: after a commit', where)) incarnation.die()
    if (incarnation.dead) return never()
    if (faults.happens('sql: answer of the commit lost', where)) throw lost()
    return result
  }

  return wrap(sql, true)
}

function isStatement(first: unknown): boolean {
  return Array.isArray(first) && 'raw' in first
}
