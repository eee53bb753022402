// The second step of signing in: a passkey, a code of the app, or one on paper; before it, the app is enrolled.
import { proveSecondFactor, readSecondFactor } from '@bahi/contracts/second-factor.ts'
import { canUsePasskeys } from '@bahi/web-ui/browser/passkeys.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Navigate, useLocation } from 'react-router'
import { call, leave, renewTokens } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problems.tsx'
import { Preferences } from '../../components/preferences.tsx'
import { useText } from '../../language/language.ts'
import { useSession } from '../../session/session.ts'
import { isTotp, withoutSpaces } from './code.ts'
import { Enrol } from './enrol.tsx'
import { ProveByPasskey } from './passkeys.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

export function Component() {
  const t = useText()
  const { signedIn } = useSession()
  const given = useLocation().state as { returnTo?: string } | null
  const [recoveryCodes, setRecoveryCodes] = useState<string[]>()
  const state = useQuery({
    queryKey: ['second-factor'],
    queryFn: () => call(readSecondFactor, {}),
    enabled: signedIn !== undefined,
    // What it was an hour ago says nothing.
    gcTime: 0,
  })
  // Now the token says that there was a second factor.
  const renewing = useMutation({ mutationFn: renewTokens })
  if (!signedIn) return <Navigate to="/sign-in" state={given} replace />
  if (signedIn.isProven && !recoveryCodes) return <Navigate to={given?.returnTo ?? '/'} replace />
  return (
    <CenteredPage>
      <Page title={t('factor.title')}>
        {recoveryCodes ? (
          <RecoveryCodes
            codes={recoveryCodes}
            onStored={() => {
              setRecoveryCodes(undefined)
              renewing.mutate()
            }}
          />
        ) : state.isPending ? (
          <p className="text-soft">{t('state.loading')}</p>
        ) : !state.data ? (
          <ProblemState error={state.error} again={() => void state.refetch()} />
        ) : !state.data.isNeeded ? (
          <p>{t('factor.not-staff')}</p>
        ) : state.data.methods.length === 0 ? (
          <Enrol onEnrolled={setRecoveryCodes} />
        ) : (
          <>
            {state.data.methods.includes('passkey') && canUsePasskeys() && (
              <ProveByPasskey onProven={() => renewing.mutate()} />
            )}
            <Prove onProven={() => renewing.mutate()} mayRecover={state.data.recoveryCodesLeft > 0} />
          </>
        )}
        <ProblemNote error={renewing.error} />
        <div className="flex flex-wrap items-center gap-2">
          <Preferences />
          <Button look="bare" onClick={() => void leave()}>
            {t('sign-out')}
          </Button>
        </div>
      </Page>
    </CenteredPage>
  )
}

type Form = { code: string }

function Prove({ onProven, mayRecover }: { onProven: () => void; mayRecover: boolean }) {
  const t = useText()
  const [isRecovery, setIsRecovery] = useState(false)
  const form = useForm<Form>({ defaultValues: { code: '' } })
  const proving = useMutation({
    mutationFn: ({ code }: Form) =>
      call(proveSecondFactor, {
        body: isRecovery ? { recoveryCode: code.trim() } : { code: withoutSpaces(code) },
      }),
    onSuccess: onProven,
  })
  const fault = form.formState.errors.code
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => void form.handleSubmit((typed) => proving.mutate(typed))(event)}
    >
      {isRecovery ? (
        <Field
          key="recovery"
          label={t('factor.recovery-code')}
          hint={t('factor.recovery-hint')}
          fault={fault && t('factor.recovery-wrong')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register('code', { validate: (typed) => typed.trim().length >= 12 })}
        />
      ) : (
        <Field
          key="totp"
          label={t('factor.code')}
          hint={t('factor.code-hint')}
          fault={fault && t('sign-in.code-wrong')}
          inputMode="numeric"
          autoComplete="one-time-code"
          {...form.register('code', { validate: isTotp })}
        />
      )}
      <ProblemNote error={proving.error} />
      <Button type="submit" busy={proving.isPending} wide>
        {t('factor.prove')}
      </Button>
      {mayRecover && (
        <Button
          look="bare"
          onClick={() => {
            form.reset()
            proving.reset()
            setIsRecovery(!isRecovery)
          }}
        >
          {t(isRecovery ? 'factor.use-app' : 'factor.use-recovery')}
        </Button>
      )}
      <p className="text-sm text-soft">{t('factor.lost')}</p>
    </form>
  )
}
