// One AutoPay that another app keeps: its terms, and moving it to this app with the UPI PIN of its account.
import type { MandateElsewhere } from '@bahi/contracts/mandates.ts'
import { useRef, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMandatesElsewhere, useTakeMandate } from '../../mandates/mandate-queries.ts'
import { isReady, type ReadySource } from '../../payments/send-money.ts'
import { useSources } from '../../payments/use-sources.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { usePausedFact } from './agree-notes.tsx'
import { useElsewhereText } from './elsewhere-texts.ts'
import { PinForMandate, PinSheet } from './pin-sheet.tsx'
import { WhatIsPaid } from './what-is-paid.tsx'

const back = '/autopay/elsewhere'

export function Component() {
  const e = useElsewhereText()
  const { umn = '' } = useParams()
  const list = useMandatesElsewhere()
  const { sources, error, again } = useSources()
  const mandate = list.data?.find((one) => one.umn === umn)
  if (mandate && sources)
    return (
      <Take
        mandate={mandate}
        source={sources.filter(isReady).find(({ account }) => account.id === mandate.accountId)}
      />
    )
  const problem = list.error ?? error
  return (
    <Page title={e('autopay-elsewhere.one')} back={back}>
      {problem ? (
        <ProblemState
          error={problem}
          again={() => {
            again()
            void list.refetch()
          }}
        />
      ) : list.data && !mandate ? (
        <Empty icon="calendar" title={e('autopay-elsewhere.not-found')} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

function Take({ mandate, source }: { mandate: MandateElsewhere; source: ReadySource | undefined }) {
  const t = useText()
  const e = useElsewhereText()
  const pausedFact = usePausedFact()
  const navigate = useNavigate()
  const isOnline = useOnline()
  const { language } = useLanguage()
  const [isAsking, setIsAsking] = useState(false)
  /** Under which it is here. */
  const taken = useRef(mandate.id)
  const ask = useTakeMandate(mandate, source?.vpa ?? '', (id) => {
    taken.current = id
  })
  usePreparePin()
  const { payee, name, app, payerVpa, portableAfter, stays } = mandate
  const canMove = source !== undefined && portableAfter === undefined && stays === undefined
  return (
    <Page
      title={e('autopay-elsewhere.one')}
      back={back}
      width="flow"
      footer={
        canMove && (
          <Button wide look="quiet" disabled={!isOnline} onClick={() => setIsAsking(true)}>
            {e('autopay-elsewhere.move')}
          </Button>
        )
      }
    >
      <WhatIsPaid mandate={mandate} />
      <Card>
        <FactList
          facts={[
            [t('autopay.name'), name],
            [e('autopay-elsewhere.app'), app],
            [e('autopay-elsewhere.vpa'), payerVpa],
            ...pausedFact(mandate),
          ]}
        />
      </Card>
      {stays !== undefined ? (
        <p className="text-soft">{e(`autopay-elsewhere.stays-${stays}`, { app, name: payee.name })}</p>
      ) : portableAfter !== undefined ? (
        <p className="text-soft">
          {e('autopay-elsewhere.wait', { date: formatMoment(language, portableAfter) })}
        </p>
      ) : canMove ? (
        <p className="text-soft">{e('autopay-elsewhere.hint', { name: payee.name })}</p>
      ) : (
        <Empty icon="bank" title={e('autopay-elsewhere.no-vpa')}>
          <LinkButton to="/accounts" look="quiet">
            {t('pay.to-accounts')}
          </LinkButton>
        </Empty>
      )}
      {source && (
        <PinSheet
          mandate={mandate}
          payeeName={payee.name}
          isOpen={isAsking}
          onClose={() => setIsAsking(false)}
        >
          <PinForMandate
            ask={ask}
            account={source.account}
            onDone={() => void navigate(`/autopay/${taken.current}`, { replace: true })}
          />
        </PinSheet>
      )}
    </Page>
  )
}
