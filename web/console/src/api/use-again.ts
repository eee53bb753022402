// Asks again for what a change has made old: all queries whose key begins so.
import { useQueryClient } from '@tanstack/react-query'

export function useAgain(key: readonly string[]): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: key })
}
