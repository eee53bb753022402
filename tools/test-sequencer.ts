// The order of test files: within a project those that take longest first, so that no worker is left with one of them
// at the end. Projects stay together: a worker keeps its modules, platform and browser only from one file to the next
// of the same project.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Measured on two cores, longest first; every other file takes less. */
const longest = [
  'e2e/src/chaos/chaos.long.test.ts',
  'e2e/src/network.test.ts',
  'e2e/src/web/requests-and-autopay.test.ts',
  'e2e/src/web/accessibility.long.test.ts',
  'e2e/src/simulation/simulation.test.ts',
  'e2e/src/start-order.long.test.ts',
  'e2e/src/web/failures.test.ts',
  'packages/kit/src/bus/bus.test.ts',
  'packages/kit/src/runtime/outages.long.test.ts',
  'e2e/src/dead-letters.test.ts',
  'e2e/src/web/payment-flow.test.ts',
  'e2e/src/backup.long.test.ts',
  'e2e/src/web/first-payment.test.ts',
  'e2e/src/web/device-lock.long.test.ts',
  'e2e/src/web/console-roles.long.test.ts',
  'e2e/src/races.test.ts',
  'e2e/src/failures.test.ts',
  'e2e/src/erasure.test.ts',
  'packages/kit/src/sql/embedded-postgres.test.ts',
  'packages/kit/src/cache/cache.test.ts',
  'e2e/src/web/screen-sizes.long.test.ts',
  'e2e/src/web/browsers.long.test.ts',
  'packages/kit/src/bus/rabbit-restarts.long.test.ts',
  'e2e/src/web/pay-to-account.test.ts',
  'e2e/src/oauth.test.ts',
  'services/notification/src/carriers/sms-gateway.test.ts',
  'e2e/src/web/scan.test.ts',
  'e2e/src/permissions.test.ts',
  'services/account/src/ledger/post-transfers.test.ts',
  'e2e/src/checker/check.test.ts',
  'services/payment/src/mandates/across-banks.test.ts',
  'sandbox/src/switch/durability.test.ts',
  'tools/tidy.test.ts',
  'sandbox/src/scenarios/faults.test.ts',
  'packages/kit/src/blobs/outages.test.ts',
  'web/pay/src/screens/send-money/send-money-page.test.tsx',
  'e2e/src/web/typeface.long.test.ts',
  'tools/commands.test.ts',
]

const rankOf = ({ moduleId }: TestSpecification) => {
  const at = longest.findIndex((path) => moduleId.endsWith(path))
  return at < 0 ? longest.length : at
}

// Vitest takes a sequencer as a class.
// eslint-disable-next-line no-restricted-syntax -- the interface of the library is a class to extend
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const projects = Map.groupBy(await super.sort(files), ({ project }) => project)
    return [...projects.values()].flatMap((own) => own.toSorted((one, other) => rankOf(one) - rankOf(other)))
  }
}
