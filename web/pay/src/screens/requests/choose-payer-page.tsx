// Whom to ask for money: a UPI ID or a phone number as it is typed, or somebody from before.
import { useMyVpas } from '../../accounts/my-accounts.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { ChoosePerson } from '../../payments/choose-person.tsx'
import { useRequestRules } from '../../requests/request-queries.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { useAskText } from './ask-texts.ts'
import { isElsewhere, NotPermitted } from './not-permitted.tsx'

const askPath = (vpa: string) => `/requests/new/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useAskText()
  const { data: rules, error, refetch } = useRequestRules()
  const [own] = useMyVpas().data ?? []
  const title = t('requests.choose')
  if (rules?.permitted === false) return <NotPermitted title={title} back="/requests" why="not-permitted" />
  const isHereOnly = rules?.acrossBanks === false
  return (
    <Page title={title} back="/requests">
      {rules ? (
        <ChoosePerson
          pathTo={askPath}
          {...(isHereOnly && own ? { isOffered: (vpa) => !isElsewhere(vpa, own.vpa) } : {})}
        >
          {isHereOnly && (
            <div className="flex flex-col items-start">
              <p className="text-soft">{t('requests.only-here')}</p>
              <LinkButton to="/receive" look="bare" className="px-0">
                {t('requests.show-qr')}
              </LinkButton>
            </div>
          )}
        </ChoosePerson>
      ) : error ? (
        <ProblemState error={error} again={() => void refetch()} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}
