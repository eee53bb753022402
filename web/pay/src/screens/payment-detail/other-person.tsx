// What can be done about the other side of a payment, and about where it shows: block, report, hide.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useBlocked, useBlocking, useHiding, useReport } from '../../people/use-blocked.ts'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { OfflineNote } from '../../api/offline-note.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'

export function OtherPerson({ payment }: { payment: PaymentView }) {
  const t = useText()
  const navigate = useNavigate()
  const { vpa, name } = counterpartyOf(payment)
  const [open, setOpen] = useState<'block' | 'report'>()
  const [message, setMessage] = useState('')
  const isOnline = useOnline()
  const hiding = useHiding()
  const done = (text: string) => {
    setOpen(undefined)
    setMessage(text)
  }
  return (
    <>
      <p role="status" className={message ? 'rounded-2xl bg-good-tint px-4 py-3 text-good' : 'sr-only'}>
        {message}
      </p>
      <ProblemNote error={hiding.error} />
      <OfflineNote />
      {payment.status !== 'pending' && (
        <Button
          look="bare"
          disabled={!isOnline}
          busy={hiding.isPending}
          onClick={() =>
            hiding.mutate(
              { id: payment.id, hidden: true },
              { onSuccess: () => void navigate('/history', { replace: true }) },
            )
          }
        >
          {t('people.hide')}
        </Button>
      )}
      <Button look="bare" aria-haspopup="dialog" onClick={() => setOpen('block')}>
        {t('people.block-or-not', { name })}
      </Button>
      <Button look="bare" aria-haspopup="dialog" onClick={() => setOpen('report')}>
        {t('people.report', { name })}
      </Button>
      <Sheet
        open={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={t(open === 'report' ? 'people.report' : 'people.block-or-not', { name })}
      >
        {open === 'block' && <Block vpa={vpa} name={name} onDone={done} />}
        {open === 'report' && <Report vpa={vpa} name={name} paymentId={payment.id} onDone={done} />}
      </Sheet>
    </>
  )
}

type Props = { vpa: string; name: string; onDone: (message: string) => void }

function Block({ vpa, name, onDone }: Props) {
  const t = useText()
  const isOnline = useOnline()
  const blocked = useBlocked()
  const blocking = useBlocking()
  const isBlocked = blocked.data?.some((one) => one.vpa === vpa) ?? false
  return (
    <>
      <p className="text-soft">{t(isBlocked ? 'people.unblock-why' : 'people.block-why', { name })}</p>
      <ProblemNote error={blocked.error ?? blocking.error} />
      <OfflineNote />
      <Button
        wide
        disabled={!isOnline}
        busy={blocking.isPending || blocked.isPending}
        onClick={() =>
          blocking.mutate(
            { vpa, isBlocked: !isBlocked },
            { onSuccess: () => onDone(t(isBlocked ? 'people.unblocked' : 'people.blocked-now', { name })) },
          )
        }
      >
        {t(isBlocked ? 'people.unblock' : 'people.block')}
      </Button>
    </>
  )
}

const reasons = ['fraud', 'impersonation', 'spam', 'other'] as const

/** Whom somebody reports they rarely want to get money requests from: blocking is offered with it. */
function Report({ vpa, name, paymentId, onDone }: Props & { paymentId: string }) {
  const t = useText()
  const [reason, setReason] = useState<(typeof reasons)[number]>('fraud')
  const [id] = useState(() => uuidv7(serverNow()))
  const [text, setText] = useState('')
  const [alsoBlock, setAlsoBlock] = useState(true)
  const isOnline = useOnline()
  const reporting = useReport()
  const blocking = useBlocking()
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        const said = text.trim()
        const onSuccess = () => onDone(t('people.reported', { name }))
        reporting.mutate(
          { id, vpa, reason, paymentId, ...(said ? { text: said } : {}) },
          {
            onSuccess: () => {
              if (alsoBlock) blocking.mutate({ vpa, isBlocked: true }, { onSuccess })
              else onSuccess()
            },
          },
        )
      }}
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-2 font-semibold">{t('people.reason')}</legend>
        {reasons.map((one) => (
          <label key={one} className="flex min-h-11 items-center gap-3">
            <input
              type="radio"
              name="reason"
              className="size-5 accent-accent"
              checked={one === reason}
              onChange={() => setReason(one)}
            />
            {t(`people.reason-${one}`)}
          </label>
        ))}
      </fieldset>
      <Field
        label={t('people.report-text')}
        value={text}
        maxLength={500}
        onChange={({ target }) => setText(target.value)}
      />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-5 accent-accent"
          checked={alsoBlock}
          onChange={({ target }) => setAlsoBlock(target.checked)}
        />
        {t('people.also-block', { name })}
      </label>
      <ProblemNote error={reporting.error ?? blocking.error} />
      <OfflineNote />
      <Button type="submit" wide disabled={!isOnline} busy={reporting.isPending || blocking.isPending}>
        {t('people.send-report')}
      </Button>
    </form>
  )
}
