// A proof of step-up by a passkey of the person's: they unlock their device, and it signs for this change alone.
import { challengePasskey, listPasskeys, proveByPasskey } from '@bahi/contracts/passkeys.ts'
import type { StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import { canUsePasskeys, signByPasskey } from '@bahi/web-ui/browser/passkeys.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'

export const passkeysKey = ['passkeys'] as const

/** Whether one could be used here. */
export function useHasPasskey(isAsked: boolean): boolean {
  const enabled = isAsked && canUsePasskeys()
  const { data } = useQuery({ queryKey: passkeysKey, queryFn: () => call(listPasskeys, {}), enabled })
  return enabled && data?.isOffered === true && data.passkeys.length > 0
}

/** Throws also when the person leaves it at that. */
export async function proofByPasskey(purpose: StepUpPurpose): Promise<string> {
  const { options } = await call(challengePasskey, { body: { purpose } })
  const passkey = await signByPasskey(options)
  return (await call(proveByPasskey, { body: { purpose, passkey } })).proof
}
