// Posts a message to the server of a carrier, and says what the server's answer means.
import { Problem } from '@bahi/contracts/problem.ts'

const sendTimeoutMs = 10_000

/** Who a message is posted to, and which answers mean that it would refuse the same message again. */
export type Receiver = { name: string; isFinal: (status: number) => boolean }

type Posted = { headers: Record<string, string>; body: string | Uint8Array<ArrayBuffer> }

/** The status that the server answered with. Throws `unavailable` when it cannot be reached. */
export async function post({ name }: Receiver, url: string, { headers, body }: Posted): Promise<number> {
  // No redirects: an address that we know must not lead to one that we don't.
  const response = await fetch(url, {
    ...{ method: 'POST', headers, body, redirect: 'manual' },
    signal: AbortSignal.timeout(sendTimeoutMs),
  }).catch(() => {
    throw new Problem('unavailable', `${name} cannot be reached`)
  })
  await response.body?.cancel()
  return response.status
}

/** Throws `request-invalid` for a refusal that is final, `unavailable` for what may succeed later. */
export function checkTaken({ name, isFinal }: Receiver, status: number): void {
  if (status >= 200 && status < 300) return
  if (isFinal(status)) throw new Problem('request-invalid', `${name} refused with status ${status}`)
  throw new Problem('unavailable', `${name} answered with status ${status}`)
}
