// Saved views beside a list: its filters under a name, to open, rename and remove. Each operator has their own.
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  listSavedViews,
  maxSavedViews,
  maxViewName,
  removeView,
  saveView,
  type SavedView,
  type ViewList,
} from '@bahi/contracts/saved-views.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Link, useSearchParams } from 'react-router'
import { call } from '../api/client.ts'
import { ProblemNote } from '../api/problems.tsx'
import { useViewsText } from './views-texts.ts'

const key = ['saved-views'] as const

const shape = 'inline-flex min-h-11 items-center gap-2 rounded-full px-4 text-sm font-medium'

function useViews(list: ViewList) {
  const { data, isError } = useQuery({
    queryKey: key,
    queryFn: async () => (await call(listSavedViews, {})).views,
    // Only what is done here changes them.
    staleTime: Infinity,
  })
  return { all: data, ofList: data?.filter((view) => view.list === list) ?? [], isError }
}

function useSave(onSaved: (view: SavedView) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...view }: SavedView) => call(saveView, { params: { id }, body: view }),
    onSuccess(saved) {
      client.setQueryData<SavedView[]>(key, (views = []) =>
        views.some(({ id }) => id === saved.id)
          ? views.map((view) => (view.id === saved.id ? saved : view))
          : [...views, saved],
      )
      onSaved(saved)
    },
  })
}

/** `check` gives the name; undefined: it is none, which its field then says. */
function useViewName(initial = '') {
  const t = useViewsText()
  const [typed, setTyped] = useState(initial)
  const [isWrong, setIsWrong] = useState(false)
  const field = (
    <Field
      label={t('views.name')}
      fault={isWrong ? t('views.name-wrong', { count: maxViewName }) : undefined}
      value={typed}
      maxLength={200}
      onChange={({ target }) => setTyped(target.value)}
    />
  )
  function check(): string | undefined {
    const name = typed.trim()
    const isName = name !== '' && [...name].length <= maxViewName
    setIsWrong(!isName)
    return isName ? name : undefined
  }
  return { field, check }
}

/** In one order, so that equal filters are equal texts. */
const asAddress = (filters: Record<string, string>) =>
  new URLSearchParams(Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1))).toString()

type SavedViewsProps = { list: ViewList; filters: Record<string, string> }

/** @param filters of the list as it is shown; without any there is nothing to save */
export function SavedViews({ list, filters }: SavedViewsProps) {
  const t = useViewsText()
  const [params] = useSearchParams()
  const { all, ofList, isError } = useViews(list)
  const [open, setOpen] = useState<'save' | 'change'>()
  const now = asAddress(filters)
  const isSaved = ofList.some((view) => asAddress(view.filters) === now)
  const canSave = all !== undefined && now !== '' && !isSaved
  if (isError) return <p className="text-sm text-soft">{t('views.away')}</p>
  if (ofList.length === 0 && !canSave && !open) return null
  return (
    <div className="flex flex-wrap items-center gap-2">
      {ofList.length > 0 && (
        <nav aria-label={t('views.title')} className="min-w-0">
          <ul className="flex flex-wrap gap-2">
            {ofList.map((view) => (
              <ViewLink key={view.id} view={view} isCurrent={asAddress(view.filters) === now} />
            ))}
          </ul>
        </nav>
      )}
      {canSave && (
        <button
          type="button"
          className={`${shape} border border-dashed border-line hover:bg-sunk`}
          onClick={() => setOpen('save')}
        >
          <Icon name="plus" className="size-4" />
          {t('views.save')}
        </button>
      )}
      {ofList.length > 0 && (
        <button
          type="button"
          aria-label={t('views.change')}
          className="grid size-11 place-items-center rounded-full text-soft hover:bg-sunk"
          onClick={() => setOpen('change')}
        >
          <Icon name="edit" className="size-5" />
        </button>
      )}
      <Sheet open={open === 'save'} onClose={() => setOpen(undefined)} title={t('views.save')}>
        <Save
          key={params.toString()}
          view={{ list, filters }}
          isFull={(all?.length ?? 0) >= maxSavedViews}
          onDone={() => setOpen(undefined)}
        />
      </Sheet>
      <Sheet open={open === 'change'} onClose={() => setOpen(undefined)} title={t('views.change')}>
        <Change views={ofList} />
      </Sheet>
    </div>
  )
}

function ViewLink({ view, isCurrent }: { view: SavedView; isCurrent: boolean }) {
  return (
    <li className="max-w-full">
      <Link
        to={`?${asAddress(view.filters)}`}
        aria-current={isCurrent ? 'true' : undefined}
        className={`${shape} max-w-full ${isCurrent ? 'bg-tint text-accent' : 'border border-line bg-card hover:bg-sunk'}`}
      >
        <span className="truncate">{view.name}</span>
      </Link>
    </li>
  )
}

type SaveProps = { view: Pick<SavedView, 'list' | 'filters'>; isFull: boolean; onDone: () => void }

function Save({ view, isFull, onDone }: SaveProps) {
  const t = useViewsText()
  // The same when it is sent again after a lost answer.
  const [id] = useState(() => uuidv7())
  const { field, check } = useViewName()
  const saving = useSave(onDone)
  function save(event: FormEvent): void {
    event.preventDefault()
    const name = check()
    if (name !== undefined) saving.mutate({ id, ...view, name })
  }
  if (isFull) return <p>{t('views.full', { count: maxSavedViews })}</p>
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={save}>
      <p className="text-soft">{t('views.save-about')}</p>
      <ul className="flex flex-wrap gap-2">
        {Object.entries(view.filters).map(([filter, value]) => (
          <li key={filter} className="rounded-xl bg-sunk px-3 py-1 font-mono text-xs break-all">
            {filter}: {value}
          </li>
        ))}
      </ul>
      {field}
      <ProblemNote error={saving.error} />
      <Button type="submit" busy={saving.isPending} wide>
        {t('views.save')}
      </Button>
    </form>
  )
}

function Change({ views }: { views: SavedView[] }) {
  const t = useViewsText()
  const [done, setDone] = useState('')
  return (
    <>
      <p role="status" className={done === '' ? 'sr-only' : 'rounded-2xl bg-good-tint px-4 py-2 text-good'}>
        {done}
      </p>
      {views.length === 0 && <p className="text-soft">{t('views.none')}</p>}
      <ul className="flex flex-col gap-5">
        {views.map((view) => (
          <ChangeOne key={view.id} view={view} onDone={setDone} />
        ))}
      </ul>
    </>
  )
}

function ChangeOne({ view, onDone }: { view: SavedView; onDone: (said: string) => void }) {
  const t = useViewsText()
  const client = useQueryClient()
  const { field, check } = useViewName(view.name)
  const renaming = useSave((saved) => onDone(t('views.renamed', { name: saved.name })))
  const removing = useMutation({
    mutationFn: () => call(removeView, { params: { id: view.id } }),
    onSuccess() {
      onDone(t('views.removed', { name: view.name }))
      client.setQueryData<SavedView[]>(key, (views) => views?.filter(({ id }) => id !== view.id))
    },
  })
  function rename(event: FormEvent): void {
    event.preventDefault()
    const name = check()
    if (name !== undefined && name !== view.name) renaming.mutate({ ...view, name })
  }
  return (
    <li>
      <form noValidate className="flex flex-col gap-2" onSubmit={rename}>
        {field}
        <ProblemNote error={renaming.error ?? removing.error} />
        <div className="flex gap-2">
          <Button
            type="submit"
            look="quiet"
            className="min-h-11 px-4"
            busy={renaming.isPending}
            aria-label={t('views.rename-one', { name: view.name })}
          >
            {t('views.rename')}
          </Button>
          <Button
            look="bare"
            className="min-h-11 px-4"
            busy={removing.isPending}
            aria-label={t('views.remove-one', { name: view.name })}
            onClick={() => removing.mutate()}
          >
            {t('views.remove')}
          </Button>
        </div>
      </form>
    </li>
  )
}
