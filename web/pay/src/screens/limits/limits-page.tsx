// My own limits: amounts, payees, hours, payments to people, and stopping everything.
import type { Controls } from '@bahi/contracts/controls.ts'
import { useState, type ReactNode } from 'react'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { useLimitsText } from './limits-texts.ts'
import { AmountSheet, HoursSheet, PayeeSheet, type AmountName } from './change-sheets.tsx'
import { hourText, rangeOf } from './hours.ts'
import {
  useChangeControls,
  useControls,
  useStopPayments,
  wantedOf,
  type ControlsView,
} from './use-controls.ts'

type Changing = { amount: AmountName } | { payee: string | undefined } | 'hours' | 'stop'
const amountNames = ['perTransactionPaise', 'perDayPaise', 'perDayCount', 'perMonthPaise'] as const

export function Component() {
  const t = useLimitsText()
  const { data: view, error, isPending, refetch } = useControls()
  return (
    <Page title={t('my-limits.title')} back="/profile">
      {isPending && <Skeleton />}
      {error && !view && <ProblemState error={error} again={() => void refetch()} />}
      {view && <Limits view={view} />}
    </Page>
  )
}

function Limits({ view }: { view: ControlsView }) {
  const t = useLimitsText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const [changing, setChanging] = useState<Changing>()
  const change = useChangeControls(view)
  const wanted = wantedOf(view)
  const { controls } = view
  const done = () => setChanging(undefined)
  const set = (more: Partial<{ [K in keyof Controls]: Controls[K] | undefined }>) => {
    const next = Object.fromEntries(
      Object.entries({ ...wanted, ...more }).filter(([, value]) => value !== undefined),
    )
    change.mutate(next as Controls, { onSettled: done })
  }
  const range = rangeOf(controls.hours)
  return (
    <>
      {controls.stopped ? <Stopped view={view} onResume={() => set({ stopped: undefined })} /> : null}
      <Later view={view} onKeep={() => change.mutate(controls)} isBusy={change.isPending} />
      {!isOnline && <Note tone="wait">{t('my-limits.offline')}</Note>}
      <p className="text-soft">{t('my-limits.about', { hours: view.loosensAfterHours })}</p>
      <ProblemNote error={change.error} />
      <Group title={t('my-limits.amounts')}>
        {amountNames.map((name) => (
          <Row
            key={name}
            title={t(`my-limits.${name}`)}
            right={<Value text={valueText(name, controls[name]) ?? t('my-limits.none')} />}
            onClick={() => setChanging({ amount: name })}
          />
        ))}
      </Group>
      <Group title={t('my-limits.when')}>
        <Row
          title={t('my-limits.hours')}
          under={t('my-limits.hours-under')}
          right={
            <Value
              text={
                range
                  ? `${hourText(language, range.from)} – ${hourText(language, range.until)}`
                  : t(controls.hours ? 'my-limits.hours-some' : 'my-limits.hours-any')
              }
            />
          }
          onClick={() => setChanging('hours')}
        />
        <Switch
          label={t('my-limits.people')}
          under={t('my-limits.people-under')}
          on={controls.personsOff !== true}
          disabled={!isOnline || change.isPending}
          onChange={(on) => set({ personsOff: on ? undefined : true })}
        />
      </Group>
      <Group title={t('my-limits.payees')}>
        {(controls.payees ?? []).map((payee) => (
          <Row
            key={payee.vpa}
            title={payee.vpa}
            under={[
              payee.perDayPaise === undefined
                ? ''
                : t('my-limits.a-day', { amount: shortRupees(payee.perDayPaise) }),
              payee.perMonthPaise === undefined
                ? ''
                : t('my-limits.a-month', { amount: shortRupees(payee.perMonthPaise) }),
            ]
              .filter(Boolean)
              .join(' · ')}
            right={<Icon name="right" className="size-5 text-soft" />}
            onClick={() => setChanging({ payee: payee.vpa })}
          />
        ))}
        <Row
          left={<Icon name="plus" className="size-6 text-accent" />}
          title={t('my-limits.add-payee')}
          onClick={() => setChanging({ payee: undefined })}
        />
      </Group>
      {!controls.stopped && (
        <Button
          look="quiet"
          wide
          className="text-bad!"
          disabled={!isOnline}
          onClick={() => setChanging('stop')}
        >
          <Icon name="lock" className="size-5" />
          {t('my-limits.stop')}
        </Button>
      )}
      {typeof changing === 'object' && 'amount' in changing && (
        <AmountSheet
          name={changing.amount}
          value={wanted[changing.amount]}
          isBusy={change.isPending}
          onClose={done}
          onSave={(value) => set({ [changing.amount]: value })}
        />
      )}
      {changing === 'hours' && (
        <HoursSheet
          range={rangeOf(wanted.hours)}
          isBusy={change.isPending}
          onClose={done}
          onSave={(hours) => set({ hours })}
        />
      )}
      {typeof changing === 'object' && 'payee' in changing && (
        <PayeeSheet
          payee={wanted.payees?.find(({ vpa }) => vpa === changing.payee)}
          isBusy={change.isPending}
          onClose={done}
          onSave={(vpa, limits) => {
            const others = (wanted.payees ?? []).filter(
              (one) => one.vpa !== vpa && one.vpa !== changing.payee,
            )
            set({ payees: limits ? [...others, { vpa, ...limits }] : others })
          }}
        />
      )}
      <StopSheet isOpen={changing === 'stop'} onClose={done} hours={view.loosensAfterHours} />
    </>
  )
}

const valueText = (name: AmountName, value: number | undefined) =>
  value === undefined ? undefined : name === 'perDayCount' ? String(value) : shortRupees(value)

function Value({ text }: { text: string }) {
  return (
    <span className="flex shrink-0 items-center gap-1 font-medium">
      {text}
      <Icon name="right" className="size-5 text-soft" />
    </span>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-2 px-3 text-sm font-semibold text-soft">{title}</h2>
      <div className="flex flex-col rounded-card border border-line bg-card p-2">{children}</div>
    </section>
  )
}

function Stopped({ view, onResume }: { view: ControlsView; onResume: () => void }) {
  const t = useLimitsText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const resumes = view.later.find(({ controls }) => !controls.stopped)
  return (
    <section role="status" className="flex flex-col gap-3 rounded-card bg-bad-tint p-5 text-bad">
      <p className="text-lg font-bold">{t('my-limits.stopped')}</p>
      <p>
        {resumes
          ? t('my-limits.resumes', { at: formatShortMoment(language, resumes.from) })
          : t('my-limits.stopped-text')}
      </p>
      {!resumes && (
        <Button look="quiet" disabled={!isOnline} onClick={onResume}>
          {t('my-limits.resume')}
        </Button>
      )}
    </section>
  )
}

/** Something loosens later: when, and keeping what counts now. */
function Later({ view, onKeep, isBusy }: { view: ControlsView; onKeep: () => void; isBusy: boolean }) {
  const t = useLimitsText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const [next] = view.later
  if (!next) return null
  return (
    <section role="status" className="flex flex-col gap-3 rounded-card bg-wait-tint p-5 text-wait">
      <p>{t('my-limits.later', { at: formatShortMoment(language, next.from) })}</p>
      <Button look="quiet" busy={isBusy} disabled={!isOnline} onClick={onKeep}>
        {t('my-limits.keep')}
      </Button>
    </section>
  )
}

function StopSheet({ isOpen, onClose, hours }: { isOpen: boolean; onClose: () => void; hours: number }) {
  const t = useLimitsText()
  const isOnline = useOnline()
  const stopping = useStopPayments()
  return (
    <Sheet open={isOpen} onClose={onClose} title={t('my-limits.stop-title')}>
      <p>{t('my-limits.stop-text', { hours })}</p>
      <ProblemNote error={stopping.error} />
      {!isOnline && <p className="text-wait">{t('my-limits.offline')}</p>}
      <Button
        wide
        disabled={!isOnline}
        busy={stopping.isPending}
        onClick={() => stopping.mutate(undefined, { onSuccess: onClose })}
      >
        {t('my-limits.stop')}
      </Button>
      <Button look="bare" onClick={onClose}>
        {t('action.cancel')}
      </Button>
    </Sheet>
  )
}
