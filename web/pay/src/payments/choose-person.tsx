// Who is paid or asked later on: a UPI ID or a number as it is typed, or somebody from before.
import { useState, type ReactNode } from 'react'
import { useFavourites } from '../contacts/my-contacts.ts'
import { useText } from '../language/language.ts'
import { PayeeForm, PeopleRows } from './payee-form.tsx'
import { useRecentPeople } from './payment-queries.ts'
import { maxPeople, searchPayees } from './send-money.ts'

type ChoosePersonProps = {
  pathTo: (vpa: string) => string
  /** Of people from before; left out: all of them. */
  isOffered?: (vpa: string) => boolean
  /** Stands before the people. */
  children?: ReactNode
}

export function ChoosePerson({ pathTo, isOffered = () => true, children }: ChoosePersonProps) {
  const t = useText()
  const favourites = useFavourites()
  const recent = useRecentPeople(maxPeople).data ?? []
  const [text, setText] = useState('')
  const all = [...favourites, ...recent.filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))]
  const people = all.filter(({ vpa }) => isOffered(vpa))
  return (
    <>
      <PayeeForm text={text} onText={setText} pathTo={pathTo} />
      {children}
      <section aria-label={t('pay.recent')}>
        <PeopleRows people={searchPayees(people, text)} pathTo={pathTo} />
      </section>
    </>
  )
}
