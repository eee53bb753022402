// Whom a mandate is for: a UPI ID, a number or a pasted link as it is typed, or somebody from before.
import { useState } from 'react'
import { useFavourites } from '../../contacts/my-contacts.ts'
import { useText } from '../../language/language.ts'
import { PayeeForm, PeopleRows } from '../../payments/payee-form.tsx'
import { useRecentPeople } from '../../payments/payment-queries.ts'
import { maxPeople, searchPayees } from '../../payments/send-money.ts'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'

const pathTo = (vpa: string) => `/autopay/new/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useText()
  const favourites = useFavourites()
  const recent = useRecentPeople(maxPeople).data ?? []
  const [text, setText] = useState('')
  const people = [...favourites, ...recent.filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))]
  return (
    <Page title={t('autopay.choose')} back="/autopay">
      <PayeeForm text={text} onText={setText} pathTo={pathTo} />
      <div className="rounded-card border border-line bg-card p-1">
        <Row
          to="/scan"
          left={<Icon name="scan" className="size-6 text-accent" />}
          title={t('autopay.scan')}
          under={t('autopay.scan-more')}
        />
      </div>
      <section aria-label={t('pay.recent')}>
        <PeopleRows people={searchPayees(people, text)} pathTo={pathTo} />
      </section>
    </Page>
  )
}
