// SQL of the mandates that the sandbox's banks hold.
import type { MandatePause, MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'

export type BankMandate = {
  umn: string
  accountRef: string
  mandateId: string
  payeeAddr: string
  terms: MandateTerms
  pause: MandatePause | null
  revokedAt: Date | null
}

/** Of an account that the transaction has locked: nobody else changes or debits its mandates. */
export async function findBankMandate(tx: Tx, umn: string): Promise<BankMandate | undefined> {
  const [row] = await tx<BankMandate[]>`
    select umn, account_ref, mandate_id, payee_addr, terms, pause, revoked_at from bank_mandates where umn = ${umn}`
  return row
}

export async function insertBankMandate(tx: Tx, m: BankMandate): Promise<void> {
  await tx`
    insert into bank_mandates (umn, account_ref, mandate_id, payee_addr, terms)
    values (${m.umn}, ${m.accountRef}, ${m.mandateId}, ${m.payeeAddr}, ${tx.json(m.terms)})`
}

/** The number that it has with another app, by which alone it debits from then on. */
export async function renameBankMandate(tx: Tx, umn: string, toUmn: string): Promise<void> {
  await tx`update bank_mandates set umn = ${toUmn} where umn = ${umn}`
}

export async function updateBankMandate(tx: Tx, m: BankMandate): Promise<void> {
  await tx`
    update bank_mandates set terms = ${tx.json(m.terms)}, pause = ${m.pause ? tx.json(m.pause) : null},
      revoked_at = ${m.revokedAt}
    where umn = ${m.umn}`
}

export type StoredOperation = { code: string; triesLeft: number | null }

export async function findBankOperation(
  tx: Tx,
  umn: string,
  nth: number,
): Promise<StoredOperation | undefined> {
  const [row] = await tx<StoredOperation[]>`
    select code, tries_left from bank_mandate_operations where umn = ${umn} and nth = ${nth}`
  return row
}

export async function insertBankOperation(
  tx: Tx,
  { umn, nth, code, triesLeft }: { umn: string; nth: number } & StoredOperation,
): Promise<void> {
  await tx`
    insert into bank_mandate_operations (umn, nth, code, tries_left)
    values (${umn}, ${nth}, ${code}, ${triesLeft})`
}

/** Whether the debit was made, or any of a mandate for one; what was given back was not. */
export async function isDebited(tx: Tx, umn: string, sequence: number | null): Promise<boolean> {
  const rows = await tx`
    select 1 from bank_mandate_debits d
    where d.umn = ${umn} and (${sequence}::int is null or d.sequence = ${sequence}) and not exists (
      select 1 from bank_entries e where e.txn_id = d.txn_id and e.leg = 'DEBIT-REVERSAL')
    limit 1`
  return rows.length > 0
}

/**
 * Of a locked account: what its mandates reserve, but for that one. It is free again when the mandate is revoked, over,
 * or debited, and reserved anew when the debit is given back.
 */
export async function blockedPaise(
  tx: Tx,
  accountRef: string,
  { today, except = null }: { today: IstDate; except?: string | null },
): Promise<number> {
  const [row] = await tx<{ paise: number }[]>`
    select coalesce(sum((m.terms ->> 'amountPaise')::bigint), 0)::bigint as paise from bank_mandates m
    where m.account_ref = ${accountRef} and (m.terms ->> 'blockFunds')::boolean and m.revoked_at is null
      and m.terms ->> 'validTo' >= ${today} and m.umn is distinct from ${except}
      and not exists (
        select from bank_mandate_debits d where d.umn = m.umn and not exists (
          select from bank_entries e where e.txn_id = d.txn_id and e.leg = 'DEBIT-REVERSAL'))`
  return row!.paise
}

export async function insertBankDebit(
  tx: Tx,
  debit: { umn: string; sequence: number; txnId: string; amountPaise: number },
): Promise<void> {
  const { umn, sequence, txnId, amountPaise } = debit
  await tx`
    insert into bank_mandate_debits (umn, sequence, txn_id, amount_paise, made_by)
    values (${umn}, ${sequence}, ${txnId}, ${amountPaise}, ${umn})
    on conflict (umn, sequence) do update set txn_id = excluded.txn_id, amount_paise = excluded.amount_paise,
      made_by = excluded.made_by`
}
