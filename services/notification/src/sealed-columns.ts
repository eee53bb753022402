// The columns that notification seals. What messages and deliveries say names people and their UPI IDs.
import type { Seal, SealedColumn } from '@bahi/kit/crypto/seal.ts'
import type { Values } from './messages/templates.ts'

export const messageColumn: SealedColumn = {
  ...{ table: 'messages', column: 'content_sealed', row: ['user_id', 'seq'] },
}
export const deliveryColumn: SealedColumn = { table: 'deliveries', column: 'values_sealed', row: 'id' }

type Data = Record<string, unknown>
/** `title` and `text` are of messages from before templates. */
type Said = { values: Values } | { title: string; text: string }
/** Without the facts that the row has beside it. */
type Content = Said & { data: Data }
type MessageKey = { userId: string; seq: number }

/** Facts of a message that name nobody: a check of all messages reads them in the database. */
const factsInClear = ['paymentId', 'direction', 'amountPaise']
const split = (data: Data, areInClear: boolean): Data =>
  Object.fromEntries(Object.entries(data).filter(([key]) => factsInClear.includes(key) === areInClear))

export const factsOf = (data: Data): Data => split(data, true)

const rowOf = ({ userId, seq }: MessageKey) => `${userId} ${seq}`

export function sealContent(seal: Seal, message: MessageKey & { data: Data }, said: Said): string {
  const content: Content = { ...said, data: split(message.data, false) }
  return seal.seal(JSON.stringify(content), messageColumn, rowOf(message))
}

/** Throws when it was tampered with, or belongs to another row. */
export function openContent(seal: Seal, row: MessageKey & { contentSealed: string }): Content {
  return JSON.parse(seal.open(row.contentSealed, messageColumn, rowOf(row))) as Content
}

export function sealValues(seal: Seal, deliveryId: string, values: Values): string {
  return seal.seal(JSON.stringify(values), deliveryColumn, deliveryId)
}

/** Throws as `openContent`. */
export function openValues(seal: Seal, deliveryId: string, valuesSealed: string): Values {
  return JSON.parse(seal.open(valuesSealed, deliveryColumn, deliveryId)) as Values
}
