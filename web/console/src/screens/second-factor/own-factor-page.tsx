// One's own second factor: new recovery codes, another authenticator app in the place of this one, and passkeys.
import { readSecondFactor, renewRecoveryCodes } from '@bahi/contracts/second-factor.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problems.tsx'
import { useText } from '../../language/language.ts'
import { Enrol } from './enrol.tsx'
import { OwnPasskeys } from './passkeys.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

export function Component() {
  const t = useText()
  const client = useQueryClient()
  const [codes, setCodes] = useState<string[]>()
  const [isReplacing, setIsReplacing] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const state = useQuery({ queryKey: ['second-factor'], queryFn: () => call(readSecondFactor, {}) })
  const renewing = useMutation({
    mutationFn: () => call(renewRecoveryCodes, {}),
    onSuccess: ({ recoveryCodes }) => {
      setIsAsking(false)
      setCodes(recoveryCodes)
    },
  })
  function stored(): void {
    setCodes(undefined)
    setIsReplacing(false)
    void client.invalidateQueries({ queryKey: ['second-factor'] })
  }
  return (
    <Page title={t('factor.own')}>
      {codes ? (
        <RecoveryCodes codes={codes} onStored={stored} />
      ) : isReplacing ? (
        <Enrol onEnrolled={setCodes} />
      ) : state.isError ? (
        <ProblemState error={state.error} again={() => void state.refetch()} />
      ) : !state.data ? (
        <Skeleton lines={2} />
      ) : (
        <>
          <p>{t('factor.codes-left', { n: state.data.recoveryCodesLeft })}</p>
          <Button
            look="quiet"
            onClick={() => {
              renewing.reset()
              setIsAsking(true)
            }}
          >
            {t('factor.codes-renew')}
          </Button>
          <Sheet open={isAsking} onClose={() => setIsAsking(false)} title={t('factor.codes-renew')}>
            <p className="text-soft">{t('factor.codes-renew-about')}</p>
            <ProblemNote error={renewing.error} />
            <Button busy={renewing.isPending} onClick={() => renewing.mutate()} wide>
              {t('factor.codes-renew')}
            </Button>
          </Sheet>
          <Button look="quiet" onClick={() => setIsReplacing(true)}>
            {t('factor.replace')}
          </Button>
          <OwnPasskeys />
        </>
      )}
    </Page>
  )
}
