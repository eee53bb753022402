// The rule of the audit chain: every hash follows from the record and the hash before it, up to the head.
import type { HashedRecord } from '@bahi/audit/records/chain.ts'
import { verifyChain } from '@bahi/audit/records/verify-chain.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { maxReported, type Rule } from './rule.ts'

const pageRecords = 5_000

async function* pages(tx: Tx): AsyncGenerator<HashedRecord[]> {
  for (let after = 0; ;) {
    const rows = await tx<HashedRecord[]>`
      select seq, event_id, source, type, subject, version, at, data_text, encode(hash, 'hex') as hash
      from audit.records where seq > ${after} order by seq limit ${pageRecords}`
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)!.seq
  }
}

export const auditRules: Rule[] = [
  {
    name: 'audit-chain-is-intact',
    says: 'No audit record was changed, lost, moved or added: each hash follows from the one before, to the head.',
    needs: ['audit.records', 'audit.head'],
    over: 'audit.records',
    async find({ tx }) {
      const [head] = await tx<{ seq: number; hash: string }[]>`
        select seq, encode(hash, 'hex') as hash from audit.head`
      if (!head) return [{ detail: 'the head of the chain is gone', total: 1 }]
      const { faults } = await verifyChain(head, pages(tx))
      return faults
        .slice(0, maxReported)
        .map(({ seq, fault }) => ({ detail: `record ${seq}: ${fault}`, total: faults.length }))
    },
  },
]
