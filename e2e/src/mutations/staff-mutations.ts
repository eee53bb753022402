// Faults in what staff may do, and in what is on record of it.
import type { Mutation } from './mutation.ts'

export const staffMutations: readonly Mutation[] = [
  {
    name: 'a token says what staff may do',
    file: 'services/gateway/src/access/authorise-request.ts',
    find: 'isGranted(access) ? await challenging(reply, deps.staff(signedIn)) : signedIn',
    replace: 'isGranted(access) && false ? await challenging(reply, deps.staff(signedIn)) : signedIn',
    caughtBy: { test: 'services/gateway/src/tokens/verify-token.test.ts' },
    why: 'A role that ended allows nothing, with tokens of before neither.',
  },
  {
    name: 'who is frozen pays on',
    file: 'services/payment/src/payments/begin.ts',
    find: 'isFrozen ? frozenCode : (one.refusalCode ?? blocked)',
    replace: 'isFrozen ? (one.refusalCode ?? blocked) : (one.refusalCode ?? blocked)',
    caughtBy: { test: 'services/payment/src/controls/change-controls.test.ts' },
    why: 'The bank declines what its own account would pay, but no other bank knows of the freeze.',
  },
  {
    name: 'staff acts before it is recorded',
    file: 'services/gateway/src/access/authorise-request.ts',
    find: 'if (isForStaff(access)) await deps.acts.record(contract, request, verified)',
    replace: 'if (isForStaff(access)) deps.acts.record(contract, request, verified).catch(() => undefined)',
    caughtBy: { test: 'services/gateway/src/access/permissions.test.ts' },
    why: 'What cannot be recorded is not done.',
  },
  {
    name: 'another checkpoint with the same number goes unnoticed',
    file: 'services/audit/src/checkpoints/write-checkpoint.ts',
    find: "if (outside && outside.content.toString('utf8') !== document)",
    replace: 'if (outside && n === 0)',
    caughtBy: { test: 'services/audit/src/records/verify-records.test.ts' },
    why: 'A database that forgets its checkpoints must not begin them anew.',
  },
  {
    name: 'the chain is signed whatever became of it',
    file: 'services/audit/src/checkpoints/write-checkpoint.ts',
    find: 'if ((await hashAt(deps.sql, last.seq)) !== checkpointIn(last.document).hash)',
    replace: 'if (hashAt === undefined && checkpointIn(last.document).hash)',
    caughtBy: { test: 'services/audit/src/records/verify-records.test.ts' },
    why: 'Nothing is signed that does not follow from the last checkpoint.',
  },
]
