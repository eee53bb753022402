// The faults of the drill of alerts, in their order. What takes everything down comes late; those of a leader are last,
// since their servers run beside the platform then.
import type { AlertFault } from './fault-parts.ts'
import { faultsOfAge } from './faults-of-age.ts'
import { faultsOfDisks } from './faults-of-disks.ts'
import { faultsOfLeader } from './faults-of-leader.ts'
import { faultsOfLimits } from './faults-of-limits.ts'
import { faultsUnderLoad } from './faults-under-load.ts'

export const faults: AlertFault[] = [
  ...faultsOfAge,
  ...faultsOfDisks,
  ...faultsOfLimits,
  ...faultsUnderLoad,
  ...faultsOfLeader,
]
