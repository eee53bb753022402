// The order of test files: those that take longest first, so that no worker is left with one of them at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Measured on two cores, longest first; every other file takes less. */
const longest = [
  'e2e/src/simulation/simulation.test.ts',
  'e2e/src/chaos/chaos.test.ts',
  'packages/kit/src/sql/embedded-postgres.test.ts',
  'e2e/src/web/accessibility.test.ts',
  'e2e/src/dead-letters.test.ts',
  'e2e/src/failures.test.ts',
  'packages/kit/src/bus/bus.test.ts',
  'e2e/src/web/failures.test.ts',
  'sandbox/src/switch/durability.test.ts',
  'e2e/src/network.test.ts',
  'services/account/src/ledger/post-transfers.test.ts',
  'e2e/src/web/first-payment.test.ts',
  'services/account/src/pin/set-pin.test.ts',
  'packages/kit/src/runtime/outages.test.ts',
]

const rankOf = ({ moduleId }: TestSpecification) => {
  const at = longest.findIndex((path) => moduleId.endsWith(path))
  return at < 0 ? longest.length : at
}

// Vitest takes a sequencer as a class.
// eslint-disable-next-line no-restricted-syntax -- the interface of the library is a class to extend
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
