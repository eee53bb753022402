// Whom to ask for money: a UPI ID or a phone number as it is typed, or somebody from before.
import { vpaText } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useFavourites } from '../../contacts/my-contacts.ts'
import { useText } from '../../language/language.ts'
import { useRecentPeople } from '../../payments/payment-queries.ts'
import { useRequestRules } from '../../requests/request-queries.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useFindPhonePayee } from '../../accounts/use-registered-payee.ts'
import { parsePayee, searchPayees } from '../../payments/send-money.ts'

const maxPeople = 50
const askPath = (vpa: string) => `/requests/new/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useText()
  const navigate = useNavigate()
  const rules = useRequestRules()
  const favourites = useFavourites()
  const recent = useRecentPeople(maxPeople).data ?? []
  const [text, setText] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const typed = parsePayee(text)
  const finding = useFindPhonePayee()
  const people = [...favourites, ...recent.filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))]
  const found = searchPayees(people, text)
  const isDone = typed.is === 'payee' || typed.is === 'phone'
  const isWrong = typed.is === 'wrong' || (isChecked && !isDone)
  const isUnknown = finding.error instanceof Problem && finding.error.code === 'not-found'
  const title = t('requests.choose')
  if (rules.data?.permitted === false)
    return (
      <Page title={title} back="/requests">
        <Empty icon="qr" title={t('requests.not-permitted')}>
          <p className="text-soft">{t('requests.not-permitted-hint')}</p>
          <LinkButton to="/receive">{t('requests.show-qr')}</LinkButton>
        </Empty>
      </Page>
    )
  return (
    <Page title={title} back="/requests">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (typed.is === 'payee') void navigate(askPath(typed.vpa))
          if (typed.is === 'phone')
            finding.mutate(typed.phone, { onSuccess: ({ vpa }) => void navigate(askPath(vpa)) })
        }}
      >
        <Field
          label={t('pay.payee')}
          hint={t('pay.payee-hint')}
          fault={isWrong ? t('pay.payee-wrong') : isUnknown ? t('pay.phone-unknown') : undefined}
          value={text}
          onChange={({ target }) => {
            setIsChecked(false)
            setText(target.value)
          }}
          type="text"
          inputMode="email"
          enterKeyHint="go"
          autoCapitalize="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          maxLength={255}
          before={<Icon name="search" className="size-5" />}
        />
        {isDone && (
          <Button type="submit" wide busy={finding.isPending}>
            {t('action.continue')}
          </Button>
        )}
      </form>
      <ul className="-mx-3" aria-label={t('pay.recent')}>
        {found.map(({ vpa, name }) => (
          <li key={vpa}>
            <Row to={askPath(vpa)} left={<Avatar name={name} />} title={name} under={vpaText(vpa)} />
          </li>
        ))}
      </ul>
    </Page>
  )
}
