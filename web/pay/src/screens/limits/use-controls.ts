// Queries and changes of my own limits and controls.
import { changeControls, showControls, stopPayments, type Controls } from '@bahi/contracts/controls.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { controlsKey, quotesKey } from '../../api/query-keys.ts'
import { withStepUp } from '../../session/step-up.ts'

export type ControlsView = Output<typeof showControls>

export const useControls = () => useQuery({ queryKey: controlsKey, queryFn: () => call(showControls, {}) })

/** What was asked for last: what a change changes. */
export const wantedOf = ({ controls, later }: ControlsView): Controls => later.at(-1)?.controls ?? controls

async function store(client: QueryClient, now: ControlsView): Promise<void> {
  client.setQueryData(controlsKey, now)
  // What was known of limits before is no more true.
  await client.invalidateQueries({ queryKey: quotesKey })
}

/** Asks for the password when something loosens; what another device changed meanwhile is loaded anew. */
export function useChangeControls(view: ControlsView | undefined) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (controls: Controls) =>
      withStepUp((proof) =>
        call(changeControls, { body: { version: view?.version ?? 0, controls, ...proof } }),
      ),
    onSuccess: (now) => store(client, now),
    onError: () => client.invalidateQueries({ queryKey: controlsKey }),
  })
}

export function useStopPayments() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call(stopPayments, {}),
    onSuccess: (now) => store(client, now),
  })
}
