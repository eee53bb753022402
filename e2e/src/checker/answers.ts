// Rules of what people were told: an answer is a promise that the database keeps.
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
    name: 'answers-stay-true',
    says: 'Every payment that a person got an answer for exists as it was told; a final answer never changes.',
    needs,
    over: 'payment.payments',
    async find(look) {
      const details: string[] = []
      for (let at = 0; at < look.acknowledged.length; at += perQuery) {
        const some = look.acknowledged.slice(at, at + perQuery)
        const rows = new Map((await findRows(look, some)).map((row) => [row.id, row]))
        for (const one of some) {
          const wrong = contradiction(one, rows.get(one.paymentId))
          if (wrong) details.push(`${one.paymentId} was told as ${one.answer.status}: ${wrong}`)
        }
      }
      return firstOf(details)
    },
  },
  {
    name: 'refused-means-not-done',
    says: 'What was refused before it was stored did not happen later.',
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

/** What of an answer the row does not keep. */
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
  const wrong = facts.filter(([, told, stands]) => told !== stands)
  if (wrong.length === 0) return undefined
  return wrong.map(([what, told, stands]) => `${what} ${String(told)}, now ${String(stands)}`).join('; ')
}
