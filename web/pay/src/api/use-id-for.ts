// The id of something new, made on this device.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { useRef } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'

/** Minted once for the same content: pressing again after a lost answer makes nothing a second time. */
export function useIdFor(): (content: unknown) => string {
  const sent = useRef<{ id: string; content: string }>(undefined)
  return (content) => {
    const text = JSON.stringify(content)
    if (sent.current?.content !== text) sent.current = { id: uuidv7(serverNow()), content: text }
    return sent.current.id
  }
}
