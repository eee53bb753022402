// Rules of answers to clients: what a client was answered must match the database.
import { maxReported, type Acknowledged, type FaultRow, type RuleInput, type Rule } from './rule.ts'

type Row = {
  id: string
  payerUserId: string | null
  payeeUserId: string | null
  amountPaise: number
  status: string
  code: string | null
  txnId: string
  rrn: string
  payerVpa: string
  payeeVpa: string
  createdAt: Date
  completedAt: Date | null
}

const perQuery = 5_000
const needs = ['payment.payments']

export const answerRules: Rule[] = [
  {
    name: 'acknowledged-answers-hold',
    says: 'Every acknowledged payment exists as it was answered; a final answer never changes.',
    needs,
    over: 'payment.payments',
    async find(input) {
      const details: string[] = []
      for (let at = 0; at < input.acknowledged.length; at += perQuery) {
        const some = input.acknowledged.slice(at, at + perQuery)
        const rows = new Map((await findRows(input, some)).map((row) => [row.id, row]))
        for (const acknowledged of some) {
          const wrong = contradiction(acknowledged, rows.get(acknowledged.paymentId))
          if (wrong)
            details.push(`${acknowledged.paymentId} was answered ${acknowledged.answer.status}: ${wrong}`)
        }
      }
      return firstOf(details)
    },
  },
  {
    name: 'refused-has-no-effect',
    says: 'A payment that was refused before it was stored does not exist later.',
    needs,
    over: 'payment.payments',
    async find({ tx, refused }) {
      const rows = await tx<{ id: string; status: string }[]>`
        select id, status from payment.payments where id = any (${refused}::uuid[]) and status <> 'failed'`
      return firstOf(rows.map((row) => `${row.id} was refused and is ${row.status}`))
    },
  },
]

function firstOf(details: string[]): FaultRow[] {
  return details.slice(0, maxReported).map((detail) => ({ detail, total: details.length }))
}

function findRows({ tx }: RuleInput, some: Acknowledged[]): Promise<Row[]> {
  const ids = [...new Set(some.map((one) => one.paymentId))]
  return tx<Row[]>`
    select id, payer_user_id, payee_user_id, amount_paise, status, code,
      left(txn_prefix || replace(id::text, '-', ''), 35) as txn_id, rrn, payer_vpa, payee_vpa, created_at, completed_at
    from payment.payments where id = any (${ids}::uuid[])`
}

/** Where an answer differs from its row; undefined when it does not. */
function contradiction({ userId, answer }: Acknowledged, row: Row | undefined): string | undefined {
  if (!row) return 'it does not exist'
  if (row.payerUserId !== userId && row.payeeUserId !== userId) return 'it is between other people'
  const facts: [string, unknown, unknown][] = [
    ['amount', answer.amountPaise, row.amountPaise],
    ['transaction', answer.txnId.toLowerCase(), row.txnId.toLowerCase()],
    ['RRN', answer.rrn, row.rrn],
    ['payer', answer.payer.vpa, row.payerVpa],
    ['payee', answer.payee.vpa, row.payeeVpa],
    ['beginning', answer.createdAt, row.createdAt.toISOString()],
  ]
  if (answer.status !== 'pending') {
    facts.push(['status', answer.status, row.status])
    facts.push(['code', answer.failure?.code ?? '00', row.code])
    facts.push(['end', answer.completedAt, row.completedAt?.toISOString()])
  }
  const wrong = facts.filter(([, answered, stored]) => answered !== stored)
  if (wrong.length === 0) return undefined
  return wrong
    .map(([what, answered, stored]) => `${what} ${String(answered)}, now ${String(stored)}`)
    .join('; ')
}
