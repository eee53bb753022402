// What a person does with their controls: look, change, stop all payments.
import type { Input } from '@bahi/contracts/call.ts'
import {
  controlRulesAt,
  type changeControls as changeContract,
  type Controls,
  type ControlsView,
  maxLimitedPayees,
} from '@bahi/contracts/controls.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dayMs } from '../limits/limits.ts'
import { lockPayers } from '../limits/store.ts'
import {
  changeControls,
  controlsAt,
  isLooser,
  isUnchanged,
  lastControls,
  type ControlsState,
} from './controls.ts'
import { countChanges, insertControls, readControls } from './store.ts'

type ControlsDeps = Pick<Deps, 'sql' | 'transaction' | 'clock'>

export async function showControls(deps: ControlsDeps, userId: string): Promise<ControlsView> {
  return viewOf(await readControls(deps.sql, userId), deps.clock.now())
}

/** Throws `wrong-state` when they are no more those that the person saw, the problems of the proof, and `rate-limited`
 * for one change too many of a day. */
export async function replaceControls(
  deps: ControlsDeps,
  userId: string,
  { version, controls }: Pick<Input<typeof changeContract>['body'], 'version' | 'controls'>,
  requireStepUp: RequireStepUp,
): Promise<ControlsView> {
  const seen = await readControls(deps.sql, userId)
  checkVersion(seen, version)
  if (isLooser(controls, lastControls(seen))) await requireStepUp()
  return deps.transaction(async (tx) => {
    await lockPayers(tx, [userId])
    const before = await readControls(tx, userId)
    // The proof was for what this version allowed.
    checkVersion(before, version)
    const now = deps.clock.now()
    const { changesPerDay } = controlRulesAt(now)
    if ((await countChanges(tx, userId, new Date(now.getTime() - dayMs))) >= changesPerDay)
      throw new Problem('rate-limited', `limits can be changed ${changesPerDay} times a day`)
    return viewOf(await write(deps, tx, userId, before, controls, 'owner'), deps.clock.now())
  })
}

function checkVersion(state: ControlsState, version: number): void {
  if (state.version !== version)
    throw new Problem('wrong-state', 'your limits have changed meanwhile: look again')
}

/** Stops all payments at once and leaves everything else as it was. Stopping again changes nothing. */
export function stopPayments(
  deps: ControlsDeps,
  userId: string,
  by: 'owner' | 'sign-in',
): Promise<ControlsView> {
  return deps.transaction(async (tx) => {
    await lockPayers(tx, [userId])
    const before = await readControls(tx, userId)
    const target = { ...lastControls(before), stopped: true }
    return viewOf(await write(deps, tx, userId, before, target, by), deps.clock.now())
  })
}

/** Under the payer's lock: a payment that begins afterwards is assessed by the new rows. */
async function write(
  deps: Pick<Deps, 'clock'>,
  tx: Tx,
  userId: string,
  before: ControlsState,
  target: Controls,
  by: 'owner' | 'sign-in',
): Promise<ControlsState> {
  const now = deps.clock.now()
  const delayMs = controlRulesAt(now).loosensAfterHours * 3_600_000
  const rows = changeControls(before, target, now, delayMs)
  const counting = controlsAt(before, now)
  const tightens = isLooser(counting, rows[0]!.controls)
  const loosens = isLooser(lastControls({ rows }), rows[0]!.controls)
  if (isUnchanged(before, rows, now)) return before
  if ((rows[0]!.controls.payees?.length ?? 0) > maxLimitedPayees)
    throw new Problem(
      'wrong-state',
      'limits of payees that were taken away count until the change does: wait',
    )
  const after = { version: before.version + 1, rows }
  await insertControls(tx, userId, now, after)
  const data = {
    userId,
    by,
    rows: rows.map(({ from, controls }) => ({ from: from.toISOString(), controls })),
    ...{ tightens, loosens, stopped: controlsAt(after, now).stopped === true },
  }
  await appendEvents(tx, now, [{ type: 'payment.controls-changed', stream: userId, data }])
  return after
}

function viewOf(state: ControlsState, now: Date): ControlsView {
  return {
    version: state.version,
    controls: controlsAt(state, now),
    later: state.rows
      .filter(({ from }, i) => i > 0 && from > now)
      .map(({ from, controls }) => ({ from: from.toISOString(), controls })),
    loosensAfterHours: controlRulesAt(now).loosensAfterHours,
  }
}
