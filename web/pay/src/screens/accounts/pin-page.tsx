// Sets the UPI PIN of an account: by debit card and one-time code, or with the old PIN when it is known.
import type { Account } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useRef, useState } from 'react'
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router'
import { useBanks } from '../../accounts/use-banks.ts'
import { useText } from '../../language/language.ts'
import { useMe, useMyAccounts, useMyVpas } from '../../accounts/my-accounts.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'
import { CardStep } from './card-step.tsx'
import { NewPinStep } from './new-pin-step.tsx'
import { useSetPin, type Card } from './use-accounts.ts'

export function Component() {
  const t = useText()
  const { id } = useParams()
  const { search } = useLocation()
  const accounts = useMyAccounts()
  const account = accounts.data?.find((one) => one.id === id)
  if (account) return <SetPin key={account.id + search} account={account} />
  return (
    <Page title={t('accounts.pin-set')} back="/accounts">
      {accounts.isPending && <Skeleton />}
      {accounts.error && <ProblemState error={accounts.error} again={() => void accounts.refetch()} />}
      {accounts.data && <Empty icon="bank" title={t('problem.not-found')} />}
    </Page>
  )
}

type Step = 'card' | 'code' | 'old' | 'new' | 'done'
/** Which step a refusal sends back to. */
const stepOf: Record<string, Step> = { 'card-wrong': 'card', 'otp-wrong': 'code', 'pin-wrong': 'old' }

function SetPin({ account }: { account: Account }) {
  const t = useText()
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const isChange = account.pinSet && query.has('change')
  const given = (useLocation().state as { card?: Card } | null)?.card
  const [wasSet] = useState(account.pinSet)
  const [step, setStep] = useState<Step>(isChange ? 'old' : 'card')
  const [card, setCard] = useState<Card | undefined>(given)
  const [otp, setOtp] = useState('')
  const oldPin = useRef('')
  const profile = useMe()
  const vpas = useMyVpas()
  const banks = useBanks()
  const code = useOneTimeCode('set-pin')
  const setting = useSetPin(account)
  usePreparePin()
  const phone = profile.data?.phone
  const title = t(isChange ? 'accounts.pin-change' : wasSet ? 'accounts.pin-reset' : 'accounts.pin-set')

  const afterCard = async (now: Card) => {
    setCard(now)
    setting.reset()
    if (otp) return setStep('new')
    if (!phone) return
    await code.send(phone).then(
      () => setStep('code'),
      // The step says what the sending was refused for.
      () => undefined,
    )
  }
  const submit = (pin: string) => {
    const old = oldPin.current
    const proof = isChange || !card ? {} : { proof: { card, otp } }
    setting.mutate(
      { ...proof, takePins: () => (isChange ? { pin, oldPin: old } : { pin }) },
      {
        onSuccess: () => {
          oldPin.current = ''
          if (vpas.data?.length === 0) {
            void navigate(`/upi-ids/new?account=${account.id}`, { replace: true, state: { isPinSet: true } })
          } else setStep('done')
        },
        onError: (error) => {
          const code = error instanceof Problem ? error.code : ''
          // Another bank gets the code only after ours has used it up.
          const isSpent = !banks.data?.find((bank) => bank.code === account.bank)?.onUs
          if (code === 'otp-wrong' || isSpent) setOtp('')
          if (code === 'pin-locked' && isChange) return setStep('old')
          setStep(stepOf[code] ?? (isSpent && !isChange ? 'code' : 'new'))
        },
      },
    )
  }
  const isLocked = setting.error instanceof Problem && setting.error.code === 'pin-locked'
  return (
    <Page title={step === 'done' ? t('accounts.pin-done') : title} back={`/accounts/${account.id}`}>
      {step !== 'done' && (
        <p className="text-soft">
          {account.bankName} •• {account.maskedNumber.slice(-4)}
        </p>
      )}
      {step === 'card' && (
        <CardStep
          given={card}
          isSandboxCard={given !== undefined}
          busy={code.isSending}
          error={setting.error ?? code.error}
          onCard={(now) => void afterCard(now)}
        />
      )}
      {step === 'code' && phone && (
        <OneTimeCodeStep
          phone={phone}
          code={code}
          busy={false}
          error={setting.error}
          onCode={(digits) => {
            setOtp(digits)
            setting.reset()
            setStep('new')
          }}
        />
      )}
      {step === 'old' && (
        <>
          <h2 className="text-center text-lg font-semibold">{t('accounts.pin-old')}</h2>
          <ProblemNote error={setting.error} />
          {isLocked ? (
            <LinkButton to={`/accounts/${account.id}/pin`} replace wide>
              {t('accounts.pin-reset')}
            </LinkButton>
          ) : (
            <PinPad
              label={t('accounts.pin-old')}
              length={account.pinLength}
              onPin={(pin) => {
                oldPin.current = pin
                setting.reset()
                setStep('new')
              }}
            />
          )}
        </>
      )}
      {step === 'new' && (
        <NewPinStep
          length={account.pinLength}
          busy={setting.isPending}
          error={setting.error}
          isOld={(pin) => pin === oldPin.current}
          onPin={submit}
        />
      )}
      {step === 'done' && (
        <div className="flex flex-col items-center gap-5 py-8 text-center">
          <span className="grid size-20 animate-pop place-items-center rounded-full bg-good-tint text-good">
            <Icon name="check" className="size-10" />
          </span>
          <p role="status">{t('accounts.pin-done-why', { bank: account.bankName })}</p>
          <Button wide onClick={() => void navigate(`/accounts/${account.id}`, { replace: true })}>
            {t('action.done')}
          </Button>
        </div>
      )}
    </Page>
  )
}
