// Payment requests that registered apps make in the name of their owners. Whether a person was asked is told to nobody.
import type { appRequestOutcome, askForApp as contract } from '@bahi/contracts/app-requests.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { checkAsking, makeRequest, type RequestDeps } from './make-request.ts'
import { findRequest } from './store.ts'

/** Refusals that depend on who is asked: told, they would say whether there is such a person, and whom they block. */
const untold = new Set(['not-found', 'request-not-permitted', 'rate-limited', 'request-invalid'])

/**
 * Throws what does not depend on who is asked: `not-found` for a UPI ID that is not the owner's,
 * `request-not-permitted` and `request-invalid` by the rules in force, `rate-limited` when the
 * owner asked too often, `id-reused`.
 */
export async function askForApp(
  deps: RequestDeps & Pick<Deps, 'log'>,
  id: string,
  { ownerId, payerVpa, app, ...ask }: Input<typeof contract>['body'],
): Promise<void> {
  await checkAsking(deps, ownerId, ask)
  if (payerVpa === undefined) return
  await makeRequest(deps, ownerId, id, { ...ask, payerVpa }, app).catch((error: unknown) => {
    if (!(error instanceof Problem && untold.has(error.code))) throw error
    deps.log.info(
      { requestId: id, clientId: app.clientId, code: error.code },
      'request of an app refused; the app is not told why',
    )
  })
}

/** Throws `not-found` for a request that is not the client's, and for one that nobody was asked. */
export async function outcomeForApp(
  { sql }: Pick<Deps, 'sql'>,
  id: string,
  clientId: string,
): Promise<Output<typeof appRequestOutcome>> {
  const request = (await findRequest(sql, id))?.request
  if (request?.app?.clientId !== clientId) throw new Problem('not-found', 'this client made no such request')
  const { status, paymentId } = request
  return {
    status,
    isBeingPaid: status === 'pending' && paymentId !== undefined,
    ...(status === 'paid' && paymentId !== undefined ? { paymentId } : {}),
  }
}
