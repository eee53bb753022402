// Seals what messages and deliveries say that a version of before wrote in clear.
import type { NotificationDeps } from '../deps.ts'
import { sealContent, sealValues } from '../sealed-columns.ts'
import { lockUnsealedDeliveries, lockUnsealedMessages, setContents, setValues } from './store-unsealed.ts'

const atOnce = 500

/** True when there may be more. */
export function sealContents({
  transaction,
  seal,
}: Pick<NotificationDeps, 'transaction' | 'seal'>): Promise<boolean> {
  return transaction(async (tx) => {
    const messages = await lockUnsealedMessages(tx, atOnce)
    await setContents(
      tx,
      messages.map(({ templateValues: values, title, text, ...message }) => ({
        user_id: message.userId,
        seq: message.seq,
        sealed: sealContent(seal, message, values ? { values } : { title: title ?? '', text: text ?? '' }),
      })),
    )
    const deliveries = await lockUnsealedDeliveries(tx, atOnce)
    await setValues(
      tx,
      deliveries.map(({ id, data }) => ({ id, sealed: sealValues(seal, id, data) })),
    )
    return messages.length === atOnce || deliveries.length === atOnce
  })
}
