// Deliberate faults, each of which some test must notice: what a careless change could do to the money.

export type Mutation = {
  name: string
  /** From the root of the tree. */
  file: string
  /** Stands exactly once in the file. */
  find: string
  replace: string
  /** Which test must fail: the simulation, or a file of tests. */
  caughtBy: 'simulation' | { test: string }
  /** What it breaks. */
  why: string
}

const ledger = 'services/account/sql/ledger.sql'
const accounts = 'services/account/sql/pin.sql'
const network = 'services/account/sql/legs.sql'

export const mutations: readonly Mutation[] = [
  {
    name: 'the ledger forgets which ids it knows',
    file: ledger,
    find: 'if v_stored_codes[i] is not null then',
    replace: 'if false then',
    caughtBy: 'simulation',
    why: 'A transfer that is asked for twice must be answered, not done again.',
  },
  {
    name: 'a payment with a known id begins again',
    file: 'services/payment/src/payments/begin.ts',
    find: 'if (existingUserId !== null) {',
    replace: 'if (existingUserId !== null && false) {',
    caughtBy: { test: 'services/payment/src/payments/pay.test.ts' },
    why: 'The id that the app made is the idempotency of a payment.',
  },
  {
    name: 'an id with other content is answered with the old payment',
    file: 'services/payment/src/payments/begin.ts',
    find: 'const isSame = existingUserId === one.payer.userId && existingHash === one.inputHash',
    replace: 'const isSame = existingUserId === one.payer.userId',
    caughtBy: { test: 'services/payment/src/payments/pay.test.ts' },
    why: 'Who asks for something else must not be told that it happened.',
  },
  {
    name: 'the ledger does not look at the floor',
    file: ledger,
    find: "when v_floors[d] is not null and v_balances[d] - v_helds[d] - v_amount < v_floors[d] then 'Z9'",
    replace: "when false then 'Z9'",
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'Nobody spends what they do not have; the constraint refuses the whole set then, and nothing ends.',
  },
  {
    name: 'the set-based way does not look at the floor',
    file: ledger,
    find: 'amount > 0 or available >= 0',
    replace: 'amount > 0 or available is not null',
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'The constraint then refuses the whole set, the transfers of others among it.',
  },
  {
    name: 'the set-based way does not ask which ids are known',
    file: ledger,
    find: 'if v_postable is not true or exists (',
    replace: 'if v_postable is not true or false and exists (',
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'What was decided before has its answer already.',
  },
  {
    name: 'the set-based way credits an account that does not exist',
    file: ledger,
    find: 'bool_and(exists_here and (',
    replace: 'bool_and((',
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'Money that goes to an account that is not there has left the books.',
  },
  {
    name: 'the ledger locks accounts in any order',
    file: ledger,
    find: 'from ledger_accounts where id = any (v_debits || v_credits) order by id for no key update',
    replace:
      'from ledger_accounts where id = any (v_debits || v_credits) order by random() for no key update',
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'Two sets that lock the same accounts in different orders wait for each other.',
  },
  {
    name: 'the ledger does not lock accounts',
    file: ledger,
    find: 'from ledger_accounts where id = any (v_debits || v_credits) order by id for no key update',
    replace: 'from ledger_accounts where id = any (v_debits || v_credits) order by id',
    caughtBy: 'simulation',
    why: 'Two sets at once would write the balance of one over that of the other.',
  },
  {
    name: 'the balance of the payee is not written',
    file: ledger,
    find: 'set balance_paise = f.balances[array_position(f.accounts, a.id)],',
    replace: 'set balance_paise = least(a.balance_paise, f.balances[array_position(f.accounts, a.id)]),',
    caughtBy: 'simulation',
    why: 'Every paisa that leaves an account reaches another one.',
  },
  {
    name: 'a void gives nothing back',
    file: ledger,
    find: 'v_helds[d] := v_helds[d] - v_hold_amounts[i];',
    replace: "v_helds[d] := v_helds[d] - case when v_kinds[i] = 'c' then v_hold_amounts[i] else 0 end;",
    caughtBy: 'simulation',
    why: 'Money held for a payment that failed is free again.',
  },
  {
    name: 'a transfer without authorisation is posted',
    file: accounts,
    find: "case when v_codes[x.n] = '00' then null else coalesce(v_codes[x.n], 'XB') end",
    replace: "case when coalesce(v_codes[x.n], '00') = '00' then null else v_codes[x.n] end",
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'Nothing is posted without a PIN that was checked.',
  },
  {
    name: 'a wrong PIN counts as right',
    file: accounts,
    find: "when v_verifiers[p] = digests[i] then '00'",
    replace: "when v_verifiers[p] is not null then '00'",
    caughtBy: { test: 'services/account/src/ledger/post-transfers.test.ts' },
    why: 'Nothing moves without the PIN.',
  },
  {
    name: 'recovery asks about another id',
    file: 'services/payment/src/payments/post.ts',
    find: 'const transfers = payments.map(transferDetailsOf)',
    replace:
      "const transfers = payments.map((one) => ({ ...transferDetailsOf(one), id: one.id.replace(/.$/, '0') }))",
    caughtBy: 'simulation',
    why: 'What became of a transfer is asked by its own id, or nothing is learned of it.',
  },
  {
    name: 'an unknown outcome counts as a failure',
    file: 'services/payment/src/payments/pay.ts',
    find: "is not known yet')\n    return payment",
    replace:
      "is not known yet')\n    return deps.complete({ payment, outcome: { status: 'declined', code: 'XB' } })",
    caughtBy: 'simulation',
    why: 'Account may have moved the money although its answer got lost.',
  },
  {
    name: 'a final payment ends again',
    file: 'services/payment/src/payments/store.ts',
    find: 'p.id = any (${ids}::uuid[]) and p.version = g.version - 1',
    replace: 'p.id = any (${ids}::uuid[])',
    caughtBy: { test: 'services/payment/src/payments/recover.test.ts' },
    why: 'The first end is the end, whoever comes later.',
  },
  {
    name: 'limits are checked without the lock of the payer',
    file: 'services/payment/src/payments/store.ts',
    find: 'on conflict (user_id) do update set user_id = excluded.user_id where false',
    replace: 'on conflict (user_id) do nothing',
    caughtBy: { test: 'services/payment/src/payments/begin.test.ts' },
    why: 'Two payments that begin at once would both fit under the limit.',
  },
  {
    name: 'the event of the end is left out',
    file: 'services/payment/src/payments/complete.ts',
    find: 'done.map(({ event, after: { id, version }, traceparent }) =>',
    replace: 'done.slice(1).map(({ event, after: { id, version }, traceparent }) =>',
    caughtBy: 'simulation',
    why: 'Every change of a row is told by an event in the same commit.',
  },
  {
    name: 'the relay goes on before the bus has confirmed',
    file: 'packages/kit/src/events/relay.ts',
    find: '    await bus.publish(\n      source,\n      rows.map((row) => toCloudEvent(source, row)),\n    )',
    replace:
      '    void bus.publish(source, rows.map((row) => toCloudEvent(source, row))).catch(() => undefined)',
    caughtBy: 'simulation',
    why: 'A batch that the broker did not take would be lost.',
  },
  {
    name: 'the relay passes transactions that have not ended',
    file: 'packages/kit/src/events/relay.ts',
    find: 'and xid < pg_snapshot_xmin(pg_current_snapshot())',
    replace: 'and xid < pg_snapshot_xmax(pg_current_snapshot())',
    caughtBy: { test: 'packages/kit/src/events/relay.test.ts' },
    why: 'Events whose number became visible late would never be published.',
  },
  {
    name: 'the inbox lets everything through',
    file: 'packages/kit/src/events/events.ts',
    find: 'return events.filter((event) => fresh.delete(event.id.toLowerCase()))',
    replace: 'return events.filter((event) => fresh.delete(event.id.toLowerCase()) || true)',
    caughtBy: 'simulation',
    why: 'An event that comes twice would tell people twice.',
  },
  {
    name: 'the inbox is marked outside of the transaction',
    file: 'packages/kit/src/events/consume.ts',
    find:
      '        const { fresh, after } = await sql.begin(async (tx) => {\n' +
      '          const fresh = idempotent ? events : await takeUnprocessed(tx, events)',
    replace:
      '        const unprocessed = idempotent ? events : await sql.begin((tx) => takeUnprocessed(tx, events))\n' +
      '        const { fresh, after } = await sql.begin(async (tx) => {\n' +
      '          const fresh = unprocessed',
    caughtBy: 'simulation',
    why: 'Who dies after the mark and before the work has heard without doing.',
  },
  {
    name: 'a batch that fails counts as heard',
    file: 'packages/kit/src/events/consume.ts',
    find: 'if (streams.length === 1 || stopping.aborted) throw error',
    replace: 'if (streams.length > 0) return',
    caughtBy: 'simulation',
    why: 'Acknowledged is only what was done.',
  },
  {
    name: 'audit skips the last event of a batch',
    file: 'services/audit/src/records/append-events.ts',
    find: 'appendToChain(headBefore, fresh.map(toRecord))',
    replace: 'appendToChain(headBefore, (fresh.length > 1 ? fresh.slice(0, -1) : fresh).map(toRecord))',
    caughtBy: 'simulation',
    why: 'audit records every event.',
  },
  {
    name: 'the payee gets no message',
    file: 'services/notification/src/messages/consume-events.ts',
    find: 'const contents = events.flatMap(messageContents)',
    replace: 'const contents = events.flatMap((event) => messageContents(event).slice(0, 1))',
    caughtBy: 'simulation',
    why: 'Payer and payee of a settled payment each get a message.',
  },
  {
    name: 'deemed counts as failed',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (resp.result === 'DEEMED') return { is: 'deemed', code: resp.errCode ?? 'RB' }",
    replace: "if (resp.result === 'DEEMED') return { is: 'failed', code: resp.errCode ?? 'RB' }",
    caughtBy: 'simulation',
    why: 'The payee may be credited later: giving the money back makes it twice.',
  },
  {
    name: 'deemed counts as settled',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (resp.result === 'DEEMED') return { is: 'deemed', code: resp.errCode ?? 'RB' }",
    replace: "if (resp.result === 'DEEMED') return { is: 'settled' }",
    caughtBy: 'simulation',
    why: "The payee's bank may return it: then the payer has paid nobody.",
  },
  {
    name: 'a failure whose outcome is unknown counts as one',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "return isCertain ? { is: 'failed', code } : { is: 'open' }",
    replace: "return isCertain || true ? { is: 'failed', code } : { is: 'open' }",
    caughtBy: { test: 'services/payment/src/network/network.test.ts' },
    why: 'A timeout between others says nothing about the money.',
  },
  {
    name: 'a check that finds nothing yet counts as a failure',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (resp.result === 'PENDING') return { is: 'open' }",
    replace: "if (resp.result === 'PENDING') return { is: 'failed', code: 'U08' }",
    caughtBy: 'simulation',
    why: 'The network has not decided: nobody else does.',
  },
  {
    name: 'the compensation is skipped',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (!(await route.applyDecision(payment, 'failed'))) return payment\n",
    replace: '',
    caughtBy: 'simulation',
    why: 'A payment that failed in the network gives its hold back.',
  },
  {
    name: 'a failed payment commits its hold',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (!(await route.applyDecision(payment, 'failed'))) return payment\n",
    replace: "if (!(await route.applyDecision(payment, 'settled'))) return payment\n",
    caughtBy: 'simulation',
    why: 'Who paid nobody keeps the money.',
  },
  {
    name: 'a payment ends before its hold is moved',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (!(await route.applyDecision(payment, 'settled'))) return payment\n",
    replace: "void route.applyDecision(payment, 'settled').catch(() => undefined)\n",
    caughtBy: 'simulation',
    why: 'Told as paid, and account died: the money stays held for ever.',
  },
  {
    name: 'a message of the network is acknowledged before it is done',
    file: 'services/payment/src/network/inbound.ts',
    find: "    case 'RespChkTxn':\n      await applyOutcomeOf(deps, message)",
    replace: "    case 'RespChkTxn':\n      inBackground(deps, applyOutcomeOf(deps, message))",
    caughtBy: { test: 'services/payment/src/network/network.test.ts' },
    why: 'Acknowledged is what is durable; the check and the report mend it late.',
  },
  {
    name: 'a payment that is known starts in the network again',
    file: 'services/payment/src/payments/pay.ts',
    find: 'const payerAccount = isNew ? prepared.payerAccount : undefined',
    replace: 'const payerAccount = isNew || true ? prepared.payerAccount : undefined',
    caughtBy: 'simulation',
    why: 'Only who began a payment may send it on its way.',
  },
  {
    name: 'the credit leg is not idempotent',
    file: network,
    find: 'elsif s_codes[i] is not null then',
    replace: "elsif s_codes[i] is not null and v_legs[i] <> 'CREDIT' then",
    caughtBy: { test: 'services/account/src/inbound/receive-message.test.ts' },
    why: 'The network says everything twice when it hears nothing.',
  },
  {
    name: 'a reversal takes back what never came',
    file: network,
    find: "elsif v_legs[i] like '%-REVERSAL' and o_codes[i] is distinct from '00' then",
    replace: 'elsif false then',
    caughtBy: { test: 'services/account/src/inbound/receive-message.test.ts' },
    why: 'A reversal is of a leg that happened.',
  },
  {
    name: 'the answer of our bank is kept outside of its commit',
    file: 'services/account/src/inbound/post-legs.ts',
    find: 'await scheduleReplies(tx, replies, at)',
    replace: 'void scheduleReplies(deps.sql as never, [], at)',
    caughtBy: { test: 'services/account/src/copies.test.ts' },
    why: 'Who dies after the commit must still answer.',
  },
  {
    name: 'holds run out at once',
    file: 'services/account/src/ledger/post-transfers.ts',
    find: 'expiresInS: hold && networkRulesAt(deps.clock.now()).holdDays * dayS',
    replace: 'expiresInS: hold && 0',
    caughtBy: 'simulation',
    why: 'A hold outlives every way in which the network may still answer.',
  },
]
