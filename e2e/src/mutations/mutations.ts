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
    why: 'A repeated transfer must get its stored result, and not be posted again.',
  },
  {
    name: 'a payment with a known id begins again',
    file: 'services/payment/src/payments/begin.ts',
    find: 'if (existingHash !== null) {',
    replace: 'if (existingHash !== null && false) {',
    caughtBy: { test: 'services/payment/src/payments/pay.test.ts' },
    why: 'The id that the app made is the idempotency of a payment.',
  },
  {
    name: 'an id with other content is answered with the old payment',
    file: 'services/payment/src/payments/begin.ts',
    find: 'const isSame = existingUserId === one.payer.userId && existingHash === one.inputHash',
    replace: 'const isSame = existingUserId === one.payer.userId',
    caughtBy: { test: 'services/payment/src/payments/pay.test.ts' },
    why: 'A request with other content must not get the result of the first one.',
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
    why: 'A decided transfer has its result already.',
  },
  {
    name: 'the set-based way credits an account that does not exist',
    file: ledger,
    find: 'bool_and(exists_here and (',
    replace: 'bool_and((',
    caughtBy: { test: 'services/account/src/ledger/ledger.test.ts' },
    why: 'Money credited to an account that does not exist has left the books.',
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
    name: 'a void releases nothing',
    file: ledger,
    find: 'v_helds[d] := v_helds[d] - v_hold_amounts[i];',
    replace: "v_helds[d] := v_helds[d] - case when v_kinds[i] = 'c' then v_hold_amounts[i] else 0 end;",
    caughtBy: 'simulation',
    why: 'The amount held for a failed payment must be released.',
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
    why: 'The outcome of a transfer can be found only by its own id.',
  },
  {
    name: 'an unknown outcome counts as a failure',
    file: 'services/payment/src/payments/pay.ts',
    find: "completes it',\n    )\n    return payment",
    replace:
      "completes it',\n    )\n    return deps.complete({ payment, outcome: { status: 'declined', code: 'XB' } })",
    caughtBy: 'simulation',
    why: 'Account may have moved the money although its response was lost.',
  },
  {
    name: 'a final payment completes again',
    file: 'services/payment/src/payments/store.ts',
    find: 'p.id = any (${ids}::uuid[]) and p.version = g.version - 1',
    replace: 'p.id = any (${ids}::uuid[])',
    caughtBy: { test: 'services/payment/src/payments/recover.test.ts' },
    why: 'The first result is final.',
  },
  {
    name: 'limits are checked without the lock of the payer',
    file: 'services/payment/src/limits/store.ts',
    find: 'on conflict (user_id) do update set user_id = excluded.user_id where false',
    replace: 'on conflict (user_id) do nothing',
    caughtBy: { test: 'services/payment/src/payments/begin.test.ts' },
    why: 'Two payments that begin at once would both fit under the limit.',
  },
  {
    name: 'the completion event is left out',
    file: 'services/payment/src/payments/complete.ts',
    find: 'done.map(({ event, after: { id, version }, traceparent }) =>',
    replace: 'done.slice(1).map(({ event, after: { id, version }, traceparent }) =>',
    caughtBy: 'simulation',
    why: 'Every change of a row has an event in the same commit.',
  },
  {
    name: 'the relay continues before the bus has confirmed',
    file: 'packages/kit/src/events/relay.ts',
    find: '    await bus.publish(\n      source,\n      rows.map((row) => toCloudEvent(source, row)),\n    )',
    replace:
      '    void bus.publish(source, rows.map((row) => toCloudEvent(source, row))).catch(() => undefined)',
    caughtBy: 'simulation',
    why: 'A batch that the broker did not confirm would be lost.',
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
    name: 'the inbox lets every event through',
    file: 'packages/kit/src/events/events.ts',
    find: 'return events.filter((event) => fresh.delete(event.id.toLowerCase()))',
    replace: 'return events.filter((event) => fresh.delete(event.id.toLowerCase()) || true)',
    caughtBy: 'simulation',
    why: 'A redelivered event would send its messages twice.',
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
    why: 'A process that dies after the mark and before its work would lose the events.',
  },
  {
    name: 'a failed batch counts as consumed',
    file: 'packages/kit/src/events/consume.ts',
    find: 'if (streams.length === 1 || stopping.aborted) throw error',
    replace: 'if (streams.length > 0) return',
    caughtBy: 'simulation',
    why: 'Only processed events may be acknowledged.',
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
    name: 'two payments at once claim one request',
    file: 'services/payment/src/requests/pay-request.ts',
    find: 'if (request.paymentId !== undefined)',
    replace: 'if (request.paymentId !== undefined && false)',
    caughtBy: { test: 'services/payment/src/requests/requests.test.ts' },
    why: 'A request is paid once, however often it is approved.',
  },
  {
    name: 'a failed payment keeps the request that it was for',
    file: 'services/payment/src/requests/pay-request.ts',
    find: 'await updateRequest(tx, open)',
    replace: 'void open',
    caughtBy: { test: 'services/payment/src/requests/requests.test.ts' },
    why: 'After a wrong PIN the payer can approve again.',
  },
  {
    name: 'the payee gets no message',
    file: 'services/notification/src/messages/consume-events.ts',
    find: 'return storeMessages(deps, tx, events.flatMap(messageContents), ',
    replace: 'return storeMessages(deps, tx, events.flatMap((event) => messageContents(event).slice(0, 1)), ',
    caughtBy: 'simulation',
    why: 'Payer and payee of a settled payment each get a message.',
  },
  {
    name: 'deemed counts as failed',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (resp.result === 'DEEMED') return { is: 'deemed', code: resp.errCode ?? 'RB' }",
    replace: "if (resp.result === 'DEEMED') return { is: 'failed', code: resp.errCode ?? 'RB' }",
    caughtBy: 'simulation',
    why: 'The payee may still be credited: returning the money would double it.',
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
    why: 'A timeout between other parties says nothing about the money.',
  },
  {
    name: 'a check that finds nothing yet counts as a failure',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (resp.result === 'PENDING') return { is: 'open' }",
    replace: "if (resp.result === 'PENDING') return { is: 'failed', code: 'U08' }",
    caughtBy: 'simulation',
    why: 'Only the network decides an undecided transaction.',
  },
  {
    name: 'the compensation is skipped',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (!(await route.applyDecision(payment, 'failed'))) return payment\n",
    replace: '',
    caughtBy: 'simulation',
    why: 'The hold of a payment that failed in the network must be released.',
  },
  {
    name: 'a failed payment captures its hold',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (!(await route.applyDecision(payment, 'failed'))) return payment\n",
    replace: "if (!(await route.applyDecision(payment, 'settled'))) return payment\n",
    caughtBy: 'simulation',
    why: 'A payer whose payment failed keeps the money.',
  },
  {
    name: 'a payment completes before its hold is captured',
    file: 'services/payment/src/network/apply-network-outcome.ts',
    find: "if (!(await route.applyDecision(payment, 'settled'))) return payment\n",
    replace: "void route.applyDecision(payment, 'settled').catch(() => undefined)\n",
    caughtBy: 'simulation',
    why: 'If account dies in between, the payment counts as paid and its amount stays held.',
  },
  {
    name: 'a message of the network is acknowledged before it is done',
    file: 'services/payment/src/network/inbound.ts',
    find: "    case 'RespChkTxn':\n      await applyOutcomeOf(deps, message)",
    replace: "    case 'RespChkTxn':\n      inBackground(deps, applyOutcomeOf(deps, message))",
    caughtBy: { test: 'services/payment/src/network/network.test.ts' },
    why: 'Only durable effects may be acknowledged; status check and report would repair it late.',
  },
  {
    name: 'a known payment is begun at the network again',
    file: 'services/payment/src/payments/pay.ts',
    find: 'const payerAccount = isNew ? prepared.payerAccount : undefined',
    replace: 'const payerAccount = isNew || true ? prepared.payerAccount : undefined',
    caughtBy: 'simulation',
    why: 'Only the process that began a payment may send its ReqPay.',
  },
  {
    name: 'the credit leg is not idempotent',
    file: network,
    find: 'elsif s_codes[i] is not null then',
    replace: "elsif s_codes[i] is not null and v_legs[i] <> 'CREDIT' then",
    caughtBy: { test: 'services/account/src/inbound/receive-message.test.ts' },
    why: 'The network repeats every message that gets no response.',
  },
  {
    name: 'a reversal debits a credit that never happened',
    file: network,
    find: "elsif v_legs[i] like '%-REVERSAL' and o_codes[i] is distinct from '00' then",
    replace: 'elsif false then',
    caughtBy: { test: 'services/account/src/inbound/receive-message.test.ts' },
    why: 'Only an executed leg can be reversed.',
  },
  {
    name: "our bank's response is stored outside of its commit",
    file: 'services/account/src/inbound/post-legs.ts',
    find: 'await scheduleReplies(tx, replies, at)',
    replace: 'void scheduleReplies(deps.sql as never, [], at)',
    caughtBy: { test: 'services/account/src/copies.test.ts' },
    why: 'A process that dies after the commit must still respond.',
  },
  {
    name: 'holds expire at once',
    file: 'services/account/src/ledger/post-transfers.ts',
    find: 'expiresInS: hold && networkRulesAt(deps.clock.now()).holdDays * dayS',
    replace: 'expiresInS: hold && 0',
    caughtBy: 'simulation',
    why: 'A hold must outlive every way in which the network may still respond.',
  },
]
