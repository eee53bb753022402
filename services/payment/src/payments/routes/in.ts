// Route `in`: another app pays one of our UPI IDs. The network asks account for the credit; payment learns the outcome.
import type { NetworkRoute } from './via-network.ts'
import type { Route } from './route.ts'

export function inRoute(viaNetwork: NetworkRoute): Route {
  return {
    ...viaNetwork,
    refusalCode: undefined,
    move: () => Promise.resolve('waiting'),
    applyDecision: () => Promise.resolve(true),
  }
}
