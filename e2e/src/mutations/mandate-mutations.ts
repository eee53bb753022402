// Deliberate faults of mandates.
import type { Mutation } from './mutation.ts'

export const mandateMutations: readonly Mutation[] = [
  {
    name: 'a sequence number of a mandate is debited twice',
    file: 'services/account/sql/mandates.sql',
    find: 'where d.umn = m.umn and (m.one_time or d.sequence = x.sequence)',
    replace: 'where d.umn = m.umn and false',
    caughtBy: { test: 'services/account/src/mandates/mandates.test.ts' },
    why: 'A debit is made once, under whatever id it is asked for.',
  },
  {
    name: 'a revoked mandate is debited',
    file: 'services/account/sql/mandates.sql',
    find: "when m.revoked_at is not null then 'QC'",
    replace: '',
    caughtBy: { test: 'services/account/src/mandates/mandates.test.ts' },
    why: 'What the payer ended debits nothing.',
  },
  {
    name: 'a debit that needs the PIN is made without it',
    file: 'services/payment/src/mandates/plan-debits.ts',
    find: 'const needsApproval = wanted.amountPaise > withoutPinPaise(rules, mcc)',
    replace: 'const needsApproval = wanted.amountPaise > withoutPinPaise(rules, mcc) && false',
    caughtBy: { test: 'services/payment/src/mandates/debits.test.ts' },
    why: 'Above the limit the payer enters the PIN for each debit.',
  },
  {
    name: 'a debit is tried without end',
    file: 'services/payment/src/mandates/claim-debit.ts',
    find: 'attempts <= rules.retries &&',
    replace: 'attempts <= 99 &&',
    caughtBy: { test: 'services/payment/src/mandates/debits.test.ts' },
    why: 'One attempt and three more, as the network permits.',
  },
  {
    name: 'a debit is made in peak hours',
    file: 'services/payment/src/mandates/execute-debit.ts',
    find: "if (slot > now) return { outcome: 'retry', at: slot }",
    replace: '',
    caughtBy: { test: 'services/payment/src/mandates/debits.test.ts' },
    why: 'The network permits debits by the system in other hours alone.',
  },
  {
    name: 'a mandate has other terms than its code',
    file: 'services/payment/src/mandates/make-mandate.ts',
    find: "if (field) throw invalidField(`/body/${field}`, 'is not that of the code')",
    replace: 'void field',
    caughtBy: { test: 'services/payment/src/codes/codes.test.ts' },
    why: 'Who agrees to a code authorises what it says.',
  },
  {
    name: 'the signature of a mandate code is not verified',
    file: 'services/payment/src/mandates/make-mandate.ts',
    find: '  await verifyCode(code)',
    replace: '  void verifyCode',
    caughtBy: { test: 'services/payment/src/codes/codes.test.ts' },
    why: 'Nobody agrees to what somebody else wrote into a signed code.',
  },
  {
    name: 'another app takes over a mandate again within ninety days',
    file: 'services/payment/src/mandates/release-mandate.ts',
    find: 'return after && after > now ? codes.tooSoon : undefined',
    replace: 'return after && after < now ? codes.tooSoon : undefined',
    caughtBy: { test: 'services/payment/src/mandates/across-apps.test.ts' },
    why: 'A mandate moves between apps once in ninety days.',
  },
]
