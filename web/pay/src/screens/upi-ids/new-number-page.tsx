// Switches a UPI number on: the mobile, or digits of one's own choice, for one of my UPI IDs.
import { isMobile, numberFault, numberRules } from '@bahi/contracts/number-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { asciiDigits } from '@bahi/contracts/digits.ts'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMe, useMyVpas } from '../../accounts/my-accounts.ts'
import { useMyNumbers, useSetNumber } from '../../accounts/use-numbers.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useNumbersText } from './numbers-texts.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { VpaChoice } from './vpa-choice.tsx'

export function Component() {
  const t = useNumbersText()
  const [me, vpas, numbers] = [useMe(), useMyVpas(), useMyNumbers()]
  const error = me.error ?? vpas.error ?? numbers.error
  return (
    <Page title={t('numbers.new')} back="/upi-ids">
      {!me.data || !vpas.data || !numbers.data ? (
        error ? (
          <ProblemState
            error={error}
            again={() => void Promise.all([me.refetch(), vpas.refetch(), numbers.refetch()])}
          />
        ) : (
          <Skeleton />
        )
      ) : vpas.data.length === 0 ? (
        <Empty icon="qr" title={t('upi-ids.none')}>
          <LinkButton to="/upi-ids/new">{t('upi-ids.new')}</LinkButton>
        </Empty>
      ) : (
        <NewNumber mobile={me.data.phone.slice(-10)} taken={numbers.data.map(({ number }) => number)} />
      )}
    </Page>
  )
}

function NewNumber({ mobile, taken }: { mobile: string; taken: string[] }) {
  const t = useNumbersText()
  const navigate = useNavigate()
  const vpas = useMyVpas().data ?? []
  const [number, setNumber] = useState('')
  const [vpa, setVpa] = useState(vpas[0]!.vpa)
  const [isChecked, setIsChecked] = useState(false)
  const setting = useSetNumber()
  const fault =
    isMobile(number) && number !== mobile
      ? 'mobile'
      : numberFault(number, rulesAt(numberRules, new Date(serverNow())))
  const isTaken = setting.error instanceof Problem && setting.error.code === 'number-taken'
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (fault) return
        setting.mutate({ number, vpa }, { onSuccess: () => void navigate('/upi-ids', { replace: true }) })
      }}
    >
      <p className="text-soft">{t('numbers.new-why')}</p>
      {!taken.includes(mobile) && (
        <Button type="button" look="quiet" wide onClick={() => setNumber(mobile)}>
          {t('numbers.use-mobile', { number: mobile })}
        </Button>
      )}
      <Field
        label={t('numbers.label')}
        hint={t('numbers.hint')}
        fault={
          isTaken ? t('problem.number-taken') : isChecked && fault ? t(`numbers.fault-${fault}`) : undefined
        }
        value={number}
        inputMode="numeric"
        autoComplete="off"
        maxLength={10}
        onChange={({ target }) => {
          setNumber(asciiDigits(target.value).replace(/\D/g, '').slice(0, 10))
          if (setting.error) setting.reset()
        }}
      />
      {vpas.length > 1 && <VpaChoice vpas={vpas} chosen={vpa} onChoose={setVpa} />}
      <p className="text-sm text-soft">{t('numbers.consent', { vpa })}</p>
      <ProblemNote error={isTaken ? undefined : setting.error} />
      <Button type="submit" busy={setting.isPending} wide>
        {t('numbers.on')}
      </Button>
    </form>
  )
}
