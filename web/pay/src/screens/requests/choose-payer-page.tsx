// Whom to ask for money: a UPI ID or a phone number as it is typed, or somebody from before.
import { useState } from 'react'
import { useFavourites } from '../../contacts/my-contacts.ts'
import { useText } from '../../language/language.ts'
import { PayeeForm, PeopleRows } from '../../payments/payee-form.tsx'
import { useRecentPeople } from '../../payments/payment-queries.ts'
import { maxPeople, searchPayees } from '../../payments/send-money.ts'
import { useRequestRules } from '../../requests/request-queries.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'

const askPath = (vpa: string) => `/requests/new/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useText()
  const rules = useRequestRules()
  const favourites = useFavourites()
  const recent = useRecentPeople(maxPeople).data ?? []
  const [text, setText] = useState('')
  const people = [...favourites, ...recent.filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))]
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
      <PayeeForm text={text} onText={setText} pathTo={askPath} />
      <section aria-label={t('pay.recent')}>
        <PeopleRows people={searchPayees(people, text)} pathTo={askPath} />
      </section>
    </Page>
  )
}
