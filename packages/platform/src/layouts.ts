// Layouts: which services run together in a process, and which of these processes there are copies of.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { startOrder } from './service-modules.ts'

export type ProcessGroup = {
  name: string
  services: readonly ServiceName[]
  /** Whether `--copies` multiplies it; otherwise there is one. */
  scales: boolean
}

const paymentPath: readonly ServiceName[] = ['gateway', 'payment', 'account']

export const layouts = {
  /** Everything in one process. */
  embedded: [{ name: 'bahi', services: startOrder, scales: false }],
  /** Identical processes with the payment path, and one for the rest. */
  compact: [
    { name: 'payment-path', services: paymentPath, scales: true },
    { name: 'rest', services: startOrder.filter((name) => !paymentPath.includes(name)), scales: false },
  ],
  /** Each service alone. The sandbox is the outside world: there is one. */
  separate: startOrder.map((name) => ({ name, services: [name], scales: name !== 'sandbox' })),
} as const satisfies Record<string, readonly ProcessGroup[]>

export type Layout = keyof typeof layouts
export type DistributedLayout = Exclude<Layout, 'embedded'>

export const distributedLayouts = ['compact', 'separate'] as const satisfies readonly DistributedLayout[]

export function isDistributedLayout(name: string): name is DistributedLayout {
  return (distributedLayouts as readonly string[]).includes(name)
}
