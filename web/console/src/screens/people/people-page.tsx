// People by one search box: a phone or a UPI ID leads to its person, a name to a list. What is typed is in no address.
import { lookUpPerson, lookUpVpa, searchPeople } from '@bahi/contracts/person-look-up.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { usePages } from '../../api/use-pages.ts'
import { SearchBox } from '../../components/search-box.tsx'
import { CellLink, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { readSearch } from '../../components/search.ts'

const leastLetters = 3

export function Component() {
  const t = useText()
  const navigate = useNavigate()
  const state = useLocation().state as { name?: string } | null
  const name = state?.name
  const [isShort, setIsShort] = useState(false)
  const finding = useMutation({
    mutationFn: ({ by, value }: { by: 'phone' | 'vpa'; value: string }) =>
      by === 'phone'
        ? call(lookUpPerson, { querystring: { phone: value } })
        : call(lookUpVpa, { querystring: { vpa: value } }),
    onSuccess: ({ userId }) => navigate(`/people/${userId}`),
  })
  function search(typed: string): void {
    finding.reset()
    const read = readSearch(typed)
    setIsShort(!read && typed.length < leastLetters)
    if (read?.by === 'id') void navigate(`/people/${read.value}`)
    else if (read?.by === 'phone' || read?.by === 'vpa') finding.mutate({ by: read.by, value: read.value })
    else if (typed.length >= leastLetters) void navigate('/people', { state: { name: typed } })
  }
  return (
    <Page title={t('people.title')} width="wide">
      <SearchBox
        searched={name ?? ''}
        label={t('people.search')}
        hint={t('people.search-hint')}
        fault={isShort ? t('people.search-short') : undefined}
        busy={finding.isPending}
        onSearch={search}
      />
      <ProblemNote error={finding.error} />
      {name !== undefined && <Found key={name} name={name} />}
    </Page>
  )
}

function Found({ name }: { name: string }) {
  const t = useText()
  const { language } = useLanguage()
  // A search is on record each time: the list is asked for once.
  const list = usePages(
    'after',
    ['people', name],
    ({ after }: { limit: number; after?: string }) =>
      call(searchPeople, { body: { name, ...(after === undefined ? {} : { after }) } }),
    { staleTime: Infinity },
  )
  return (
    <Table
      caption={t('people.title')}
      list={list}
      rows={list.data?.pages.flatMap(({ people }) => people)}
      keyOf={({ userId }) => userId}
      empty={t('people.none')}
      columns={[
        [
          t('people.name'),
          ({ userId, name: masked }) => <CellLink to={`/people/${userId}`}>{masked}</CellLink>,
        ],
        [t('people.phone'), ({ phone }) => phone],
        [t('people.since'), ({ createdAt }) => formatMoment(language, createdAt)],
      ]}
    />
  )
}
