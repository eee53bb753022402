// The faults of the drill of alerts, in their order. What is there from the start comes first, what takes everything
// down last.
import type { AlertFault } from './fault-parts.ts'
import { faultsOfAge } from './faults-of-age.ts'
import { faultsUnderLoad } from './faults-under-load.ts'

export const faults: AlertFault[] = [...faultsOfAge, ...faultsUnderLoad]
