// What a person can do with their data: get a copy of it, close the account, and change their mind.
import { pathOf } from '@bahi/contracts/call.ts'
import { cancelErasure, requestErasure, showErasure, type ErasureView } from '@bahi/contracts/erasure.ts'
import { exportFile, listExports, requestExport, type ExportView } from '@bahi/contracts/personal-export.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { saveFile } from '@bahi/web-ui/browser/save-file.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { call, fetchFile } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { pollAfterMs } from '../../api/query-client.ts'
import { useIdFor } from '../../api/use-id-for.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { withStepUp } from '../../session/step-up.ts'
import { placeOf, useDataText } from './data-texts.ts'

const exportsKey = ['personal-data', 'exports']
const erasureKey = ['personal-data', 'erasure']
const firstPollMs = 1_000
const daysOfYear = 365

export function Component() {
  const t = useText()
  return (
    <Page title={t('profile.my-data')} back="/profile">
      <Copies />
      <Closing />
    </Page>
  )
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4 rounded-card border border-line bg-card p-5">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  )
}

function Copies() {
  const t = useDataText()
  const isOnline = useOnline()
  const client = useQueryClient()
  const idFor = useIdFor()
  const { data, isPending, error, refetch } = useQuery({
    queryKey: exportsKey,
    queryFn: async () => (await call(listExports, {})).exports,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === 'waiting')
        ? pollAfterMs(firstPollMs, state.dataUpdateCount)
        : false,
  })
  const asking = useMutation({
    mutationFn: () =>
      withStepUp((proof) =>
        call(requestExport, { params: { id: idFor({ count: data?.length }) }, body: { ...proof } }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: exportsKey }),
  })
  return (
    <Card title={t('data.copy')}>
      <p className="text-soft">{t('data.copy-text')}</p>
      {isPending && <Skeleton lines={1} />}
      {error && !data && <ProblemState error={error} again={() => void refetch()} />}
      <ul className="flex flex-col gap-3">
        {data?.map((one) => (
          <Copy key={one.id} copy={one} />
        ))}
      </ul>
      <ProblemNote error={asking.error} />
      <Button look="quiet" disabled={!isOnline} busy={asking.isPending} onClick={() => asking.mutate()}>
        {t('data.ask')}
      </Button>
    </Card>
  )
}

function Copy({ copy: { id, status, requestedAt, expiresAt } }: { copy: ExportView }) {
  const t = useDataText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const saving = useMutation({
    mutationFn: async () => {
      const path = pathOf(exportFile.url, { id })
      saveFile(await withStepUp((proof) => fetchFile(path, { ...proof })), 'bahi-my-data.json')
    },
  })
  return (
    <li className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-3">
        <div className="min-w-0">
          <p>{t('data.asked', { at: formatDay(language, requestedAt) })}</p>
          <p className="text-sm text-soft" role="status">
            {t(`data.${status}`, { at: expiresAt === undefined ? '' : formatDay(language, expiresAt) })}
          </p>
        </div>
        {status === 'ready' && (
          <Button look="quiet" disabled={!isOnline} busy={saving.isPending} onClick={() => saving.mutate()}>
            {t('data.save')}
          </Button>
        )}
      </div>
      <ProblemNote error={saving.error} />
    </li>
  )
}

function Closing() {
  const t = useDataText()
  const { data, isPending, error, refetch } = useQuery({
    queryKey: erasureKey,
    queryFn: () => call(showErasure, {}),
  })
  return (
    <Card title={t('data.close')}>
      {isPending && <Skeleton lines={2} />}
      {error && !data && <ProblemState error={error} again={() => void refetch()} />}
      {data && (data.state === 'waiting' ? <Waiting erasure={data} /> : <CloseAccount erasure={data} />)}
    </Card>
  )
}

function Obstacles({ obstacles }: Pick<ErasureView, 'obstacles'>) {
  const t = useDataText()
  if (obstacles.length === 0) return null
  return (
    <div>
      <p>{t('data.before')}</p>
      <ul className="list-disc pl-5">
        {obstacles.map((one) => {
          const to = placeOf[one]
          const text = t(`data.${one}`)
          return (
            <li key={one}>
              {to === undefined ? (
                text
              ) : (
                <Link className="inline-flex min-h-11 items-center underline" to={to}>
                  {text}
                </Link>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function Waiting({ erasure: { closesAt = '', obstacles } }: { erasure: ErasureView }) {
  const t = useDataText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const client = useQueryClient()
  const keeping = useMutation({
    mutationFn: () => call(cancelErasure, {}),
    onSettled: () => client.invalidateQueries({ queryKey: erasureKey }),
  })
  return (
    <>
      <p className="text-wait" role="status">
        {t('data.closing', { at: formatDay(language, closesAt) })}
      </p>
      <Obstacles obstacles={obstacles} />
      <ProblemNote error={keeping.error} />
      <Button disabled={!isOnline} busy={keeping.isPending} onClick={() => keeping.mutate()}>
        {t('data.keep')}
      </Button>
    </>
  )
}

function CloseAccount({ erasure: { obstacles, rules } }: { erasure: ErasureView }) {
  const t = useDataText()
  const common = useText()
  const isOnline = useOnline()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const closing = useMutation({
    mutationFn: () => withStepUp((proof) => call(requestErasure, { body: { ...proof } })),
    onSettled: () => client.invalidateQueries({ queryKey: erasureKey }),
  })
  const days = String(rules.waitingDays)
  return (
    <>
      <p className="text-soft">
        {t('data.close-text', { days, years: String(Math.round(rules.lawDays / daysOfYear)) })}
      </p>
      <Obstacles obstacles={obstacles} />
      <ProblemNote error={closing.error} />
      <Button
        look="quiet"
        disabled={!isOnline || obstacles.length > 0}
        busy={closing.isPending}
        onClick={() => setAsked(true)}
      >
        {t('data.close-ask')}
      </Button>
      <Sheet open={isAsked} onClose={() => setAsked(false)} title={t('data.close-sure')}>
        <p>{t('data.close-sure-text', { days })}</p>
        <Button
          wide
          onClick={() => {
            setAsked(false)
            closing.mutate()
          }}
        >
          {t('data.close-ask')}
        </Button>
        <Button look="bare" onClick={() => setAsked(false)}>
          {common('action.cancel')}
        </Button>
      </Sheet>
    </>
  )
}
