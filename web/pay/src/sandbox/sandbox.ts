// Whether this is a sandbox: then there is an inbox with the one-time codes, and accounts can be opened.
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { useQuery } from '@tanstack/react-query'
import { callPublic } from '../api/client.ts'

/** False until it is known. */
export const useIsSandbox = (): boolean => useSandbox().data ?? false

export function useSandbox() {
  return useQuery({
    queryKey: ['sandbox'],
    // Without a sandbox its routes do not exist.
    queryFn: () =>
      callPublic(readInbox, { querystring: { to: 'nobody', limit: 1 } }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Problem && error.status === 404) return false
          throw error
        },
      ),
    staleTime: Infinity,
  })
}

/** The newest one-time code in the inbox of a phone. */
export async function codeFromInbox(phone: string): Promise<string | undefined> {
  const { messages } = await callPublic(readInbox, { querystring: { to: phone, limit: 10 } })
  return messages.map(({ text }) => /\b(\d{6})\b/.exec(text)?.[1]).find((code) => code !== undefined)
}
