// What the services say of a scanned code, before anything is paid by it: its signature, its time, its order.
import { readQr } from '@bahi/contracts/qr.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'

/** For a moment an answer holds from the scan to the payment; what has changed by then the payment says. */
const freshMs = 15_000

export const codeQuery = (text: string) => ({
  queryKey: ['code', text],
  queryFn: () => call(readQr, { body: { text } }),
  staleTime: freshMs,
  retry: false,
})

export const useCodeReading = (text: string | undefined) =>
  useQuery({ ...codeQuery(text ?? ''), enabled: text !== undefined })
