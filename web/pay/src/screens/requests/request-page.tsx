// One request: pay or decline it, or cancel it and remind its payer, and how it was answered.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import type { RequestView } from '@bahi/contracts/requests.ts'
import { useState } from 'react'
import { useParams } from 'react-router'
import { useLanguage, useText } from '../../language/language.ts'
import { otherOf, useAnswerRequest, useRequest } from '../../requests/request-queries.ts'
import { RequestStatusMark } from '../../requests/request-status.tsx'
import { useNow } from '@bahi/web-ui/browser/now.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { NotThere, ProblemNote } from '../../api/problem-states.tsx'
import { failureText } from '../../payments/next-action.ts'
import { payRequestPath } from './pay-request-path.ts'

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const request = useRequest(id)
  return (
    <Page title={t('requests.one')} back="/requests">
      {request.isPending && <Skeleton />}
      {request.error && !request.data && (
        <NotThere
          error={request.error}
          again={() => void request.refetch()}
          title={t('requests.not-found')}
          to="/requests"
          text={t('requests.title')}
        />
      )}
      {request.data && <Request request={request.data} />}
    </Page>
  )
}

function Request({ request }: { request: RequestView }) {
  const t = useText()
  const { language } = useLanguage()
  const { status, direction, amountPaise, note, createdAt, expiresAt, completedAt, reminders, app } = request
  const other = otherOf(request)
  return (
    <>
      <div className="flex flex-col items-center gap-2 text-center">
        <Avatar name={other.name} className="size-16" />
        <p className="text-lg">{t(`requests.who-${direction as 'sent'}`, { name: other.name })}</p>
        <p className="text-5xl font-bold tabular-nums">{formatRupees(amountPaise)}</p>
        <RequestStatusMark request={request} />
      </div>
      <Card>
        <FactList
          facts={[
            [t('requests.upi-id'), vpaText(other.vpa)],
            ...(note === undefined ? [] : [[t('pay.note-is'), note] as const]),
            ...(app ? [[t('requests.app'), app.name] as const] : []),
            ...(app?.reference ? [[t('requests.reference'), app.reference] as const] : []),
            [t('requests.made-at'), formatMoment(language, createdAt)],
            ...(status === 'pending'
              ? [[t('requests.until'), formatMoment(language, expiresAt)] as const]
              : []),
            ...(completedAt === undefined
              ? []
              : [[t('requests.answered-at'), formatMoment(language, completedAt)] as const]),
            ...(reminders > 0 ? [[t('requests.reminders'), String(reminders)] as const] : []),
          ]}
        />
      </Card>
      {status === 'paid' && request.paymentId && (
        <LinkButton to={`/payments/${request.paymentId}`} look="quiet" wide>
          {t('requests.to-payment')}
        </LinkButton>
      )}
      {status === 'pending' &&
        (direction === 'received' ? (
          <Answer request={request} />
        ) : request.acrossBanks ? (
          <p className="text-center text-soft">
            {t('requests.across-banks', { date: formatMoment(language, expiresAt) })}
          </p>
        ) : (
          <Own request={request} />
        ))}
      {request.failure && <Note tone="bad">{failureText(request.failure, language)}</Note>}
    </>
  )
}

/** A request takes money: whoever promises some for a PIN lies. */
function Answer({ request }: { request: RequestView }) {
  const t = useText()
  const isOnline = useOnline()
  const answer = useAnswerRequest(request.id)
  const [isDeclining, setIsDeclining] = useState(false)
  const [block, setBlock] = useState(false)
  return (
    <>
      <Note tone="wait">
        {t('requests.warning', { amount: formatRupees(request.amountPaise), name: request.payee.name })}
      </Note>
      <ProblemNote error={answer.error} />
      <div className="flex flex-col gap-3">
        <LinkButton to={payRequestPath(request)} wide>
          {t('requests.pay')}
        </LinkButton>
        <Button look="quiet" wide disabled={!isOnline} onClick={() => setIsDeclining(true)}>
          {t('requests.decline')}
        </Button>
      </div>
      <Sheet open={isDeclining} onClose={() => setIsDeclining(false)} title={t('requests.decline-title')}>
        <div className="flex flex-col gap-4">
          <Switch
            label={t('requests.block', { name: request.payee.name })}
            under={t('requests.block-hint')}
            on={block}
            onChange={setBlock}
          />
          <Button
            wide
            busy={answer.isPending}
            onClick={() =>
              answer.mutate(block ? 'block' : 'decline', { onSettled: () => setIsDeclining(false) })
            }
          >
            {t('requests.decline')}
          </Button>
        </div>
      </Sheet>
    </>
  )
}

function Own({ request }: { request: RequestView }) {
  const t = useText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const answer = useAnswerRequest(request.id)
  const now = useNow(30_000)
  const { remindableFrom } = request
  const isRemindable = remindableFrom !== undefined && Date.parse(remindableFrom) <= now
  const send = (what: 'remind' | 'cancel') => answer.mutate(what)
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="text-center text-good empty:hidden">
        {answer.isSuccess && answer.variables === 'remind' && t('requests.reminded')}
      </p>
      <ProblemNote error={answer.error} />
      {isRemindable ? (
        <Button wide disabled={!isOnline} busy={answer.isPending} onClick={() => send('remind')}>
          {t('requests.remind')}
        </Button>
      ) : (
        remindableFrom !== undefined && (
          <p className="text-center text-soft">
            {t('requests.remind-from', { time: formatMoment(language, remindableFrom) })}
          </p>
        )
      )}
      <Button look="quiet" wide disabled={!isOnline || answer.isPending} onClick={() => send('cancel')}>
        {t('requests.cancel')}
      </Button>
    </div>
  )
}
