// Who is paid or asked: a UPI ID, a phone number or a pasted link, as it is typed; it leads on to them.
import type { PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { vpaText } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useFindNumberPayee } from '../accounts/use-registered-payee.ts'
import { ProblemNote } from '../api/problem-states.tsx'
import { useText } from '../language/language.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { mandateCodePath } from '../mandates/mandate-path.ts'
import type { Person } from './payment-list.ts'
import { parsePayee } from './parse-payee.ts'

type PathTo = (vpa: string) => string

type PayeeFormProps = {
  text: string
  onText: (text: string) => void
  pathTo: PathTo
  /** Where what a pasted link orders is paid; left out: a link is no answer here. */
  orderPath?: (order: PaymentOrder, text: string) => string
}

export function PayeeForm({ text, onText, pathTo, orderPath }: PayeeFormProps) {
  const t = useText()
  const navigate = useNavigate()
  const [isChecked, setIsChecked] = useState(false)
  const finding = useFindNumberPayee()
  const typed = parsePayee(text)
  const path =
    typed.is === 'payee'
      ? pathTo(typed.vpa)
      : typed.is === 'order'
        ? orderPath?.(typed.order, text)
        : typed.is === 'mandate'
          ? mandateCodePath(text)
          : undefined
  const isDone = path !== undefined || typed.is === 'number'
  const isWrong = typed.is === 'wrong' || (isChecked && !isDone)
  const isUnknown = finding.error instanceof Problem && finding.error.code === 'not-found'
  const fault =
    typed.is === 'refused'
      ? t(`scan.refused-${typed.reason}`)
      : isWrong
        ? t('pay.payee-wrong')
        : isUnknown
          ? t('pay.phone-unknown')
          : undefined
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (path !== undefined) void navigate(path)
        if (typed.is === 'number')
          finding.mutate(typed.number, { onSuccess: ({ vpa }) => void navigate(pathTo(vpa)) })
      }}
    >
      <Field
        label={t('pay.payee')}
        hint={t('pay.payee-hint')}
        fault={fault}
        value={text}
        onChange={({ target }) => {
          setIsChecked(false)
          finding.reset()
          onText(target.value)
        }}
        type="text"
        inputMode="email"
        enterKeyHint="go"
        autoCapitalize="none"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        // Of a link that was pasted nothing may be cut off.
        maxLength={4_096}
        before={<Icon name="search" className="size-5" />}
      />
      {finding.error && !isUnknown && <ProblemNote error={finding.error} />}
      {isDone && (
        <Button type="submit" busy={finding.isPending} wide>
          {t('action.continue')}
        </Button>
      )}
    </form>
  )
}

export function PeopleRows({ people, pathTo }: { people: Person[]; pathTo: PathTo }) {
  return (
    <ul className="-mx-3">
      {people.map(({ vpa, name }) => (
        <li key={vpa}>
          <Row to={pathTo(vpa)} left={<Avatar name={name} />} title={name} under={vpaText(vpa)} />
        </li>
      ))}
    </ul>
  )
}
