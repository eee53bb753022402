// Whom a planned payment is for: a UPI ID or a number as it is typed, or somebody from before.
import { useState } from 'react'
import { useFavourites } from '../../contacts/my-contacts.ts'
import { useText } from '../../language/language.ts'
import { PayeeForm, PeopleRows } from '../../payments/payee-form.tsx'
import { useRecentPeople } from '../../payments/payment-queries.ts'
import { maxPeople, searchPayees } from '../../payments/send-money.ts'
import { planPath } from '../../schedules/plan-path.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'

const pathTo = (vpa: string) => planPath({ vpa })

export function Component() {
  const t = useText()
  const favourites = useFavourites()
  const recent = useRecentPeople(maxPeople).data ?? []
  const [text, setText] = useState('')
  const people = [...favourites, ...recent.filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))]
  return (
    <Page title={t('schedules.choose')} back="/schedules">
      <PayeeForm text={text} onText={setText} pathTo={pathTo} />
      <section aria-label={t('pay.recent')}>
        <PeopleRows people={searchPayees(people, text)} pathTo={pathTo} />
      </section>
    </Page>
  )
}
