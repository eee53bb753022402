// How controls change over time, as pure rules: what tightens counts at once, what loosens counts later.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { Controls } from '@bahi/contracts/controls.ts'

/** Controls that count from a time until the next ones do. */
export type DatedControls = { from: Date; controls: Controls }

/** The last change of a person's controls: its rows in order of time, the first one counts since the change. */
export type ControlsState = { version: number; rows: DatedControls[] }

const hours = Array.from({ length: 24 }, (_, hour) => hour)
/** Times at which something loosens, of one change. */
const maxLater = 3
const amounts = ['perTransactionPaise', 'perDayPaise', 'perDayCount', 'perMonthPaise'] as const
const ofPayee = ['perDayPaise', 'perMonthPaise'] as const

/**
 * Each thing that controls can restrict, with its limit: what is not there is not restricted, a smaller number is
 * tighter, and what is off has the limit 0. So "tighter" is the same for all of them.
 */
function restrictionsOf(controls: Controls): Map<string, number> {
  const all = new Map<string, number>()
  const restrict = (name: string, limit: number | undefined) => {
    if (limit !== undefined) all.set(name, Math.min(limit, all.get(name) ?? Infinity))
  }
  for (const name of amounts) restrict(name, controls[name])
  for (const payee of controls.payees ?? [])
    for (const name of ofPayee) restrict(`${name} ${normaliseVpa(payee.vpa)}`, payee[name])
  if (controls.hours)
    for (const hour of hours) if (!controls.hours.includes(hour)) restrict(`hour ${hour}`, 0)
  if (controls.personsOff) restrict('persons', 0)
  if (controls.stopped) restrict('all', 0)
  return all
}

function controlsOf(restrictions: Map<string, number>): Controls {
  const given = (name: string, limit: number | undefined) => (limit === undefined ? {} : { [name]: limit })
  const payees = new Set(
    [...restrictions.keys()].flatMap((name) => {
      const [what, vpa] = name.split(' ')
      return vpa !== undefined && what !== 'hour' ? [vpa] : []
    }),
  )
  const isOff = (hour: number) => restrictions.has(`hour ${hour}`)
  return {
    ...Object.assign({}, ...amounts.map((name) => given(name, restrictions.get(name)))),
    ...(payees.size === 0
      ? {}
      : {
          payees: [...payees].sort().map((vpa) => ({
            vpa,
            ...Object.assign({}, ...ofPayee.map((name) => given(name, restrictions.get(`${name} ${vpa}`)))),
          })),
        }),
    ...(hours.some(isOff) ? { hours: hours.filter((hour) => !isOff(hour)) } : {}),
    ...(restrictions.has('persons') ? { personsOff: true } : {}),
    ...(restrictions.has('all') ? { stopped: true } : {}),
  } as Controls
}

/** The same controls in one form: sorted, and without what restricts nothing. */
export const normaliseControls = (controls: Controls): Controls => controlsOf(restrictionsOf(controls))

/** What both allow. */
export function tighterOf(one: Controls, other: Controls): Controls {
  const all = restrictionsOf(one)
  for (const [name, limit] of restrictionsOf(other)) all.set(name, Math.min(limit, all.get(name) ?? Infinity))
  return controlsOf(all)
}

/** Whether `after` allows anything that `before` did not. */
export function isLooser(after: Controls, before: Controls): boolean {
  const restrictions = restrictionsOf(after)
  return [...restrictionsOf(before)].some(([name, limit]) => (restrictions.get(name) ?? Infinity) > limit)
}

const isSame = (one: Controls, other: Controls) => !isLooser(one, other) && !isLooser(other, one)

/** Whether these rows say from now on what those before say. */
export function isUnchanged(before: Pick<ControlsState, 'rows'>, rows: DatedControls[], now: Date): boolean {
  const inForce = [
    { from: now, controls: controlsAt(before, now) },
    ...before.rows.slice(1).filter(({ from }) => from > now),
  ]
  return (
    rows.length === inForce.length &&
    rows.every(
      (row, i) => isSame(row.controls, inForce[i]!.controls) && (i === 0 || +row.from === +inForce[i]!.from),
    )
  )
}

/** The controls that count at `at`. */
export function controlsAt({ rows }: Pick<ControlsState, 'rows'>, at: Date): Controls {
  return rows.findLast(({ from }, i) => i === 0 || from <= at)?.controls ?? {}
}

/** What was asked for last: what counts once nothing is waiting any more. */
export const lastControls = ({ rows }: Pick<ControlsState, 'rows'>): Controls => rows.at(-1)?.controls ?? {}

/**
 * The rows of a change to `target` at `now`. Until the delay is over, at each moment what both the target and the rows
 * before allowed then: so tightening counts at once, nothing loosens sooner than it was going to, and what was waiting
 * and is still wanted keeps its time.
 */
export function changeControls(
  before: Pick<ControlsState, 'rows'>,
  target: Controls,
  now: Date,
  delayMs: number,
): DatedControls[] {
  const later = before.rows.slice(1).filter(({ from }) => from > now)
  const rows = [
    { from: now, controls: tighterOf(controlsAt(before, now), target) },
    ...later.map(({ from, controls }) => ({ from, controls: tighterOf(controls, target) })),
    { from: new Date(now.getTime() + delayMs), controls: normaliseControls(target) },
  ]
  const changes = rows.filter(({ controls }, i) => i === 0 || !isSame(controls, rows[i - 1]!.controls))
  // What is left out loosens later, with the next one.
  return [changes[0]!, ...changes.slice(1).slice(-maxLater)]
}
