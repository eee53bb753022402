// Faults of the sandbox's network: addresses that misbehave by their name, and rules that anybody may add.
import {
  addScenario,
  listScenarios,
  removeScenario,
  switchScenario,
  type Effect,
  type Rule,
} from '@bahi/contracts/scenario.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { callPublic } from '../../api/client.ts'
import { useDeveloperText } from './developer-texts.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'

const presets = {
  'declined-debit': [{ do: 'decline', at: 'debit', code: 'Z9' }],
  'declined-credit': [{ do: 'decline', at: 'credit', code: 'YF' }],
  'answer-lost': [{ do: 'drop', what: 'answer' }],
  slow: [{ do: 'delay', what: 'credit', ms: 8_000 }],
  deemed: [{ do: 'deemed', then: 'TCC' }],
  returned: [{ do: 'deemed', then: 'RET' }],
  offline: [{ do: 'offline', side: 'payee' }],
} as const satisfies Record<string, readonly Effect[]>
type Preset = keyof typeof presets
const key = ['developer', 'scenarios']

export function Faults() {
  const t = useDeveloperText()
  const scenarios = useQuery({ queryKey: key, queryFn: () => callPublic(listScenarios, {}) })
  if (scenarios.error) return <ProblemState error={scenarios.error} again={() => void scenarios.refetch()} />
  if (!scenarios.data) return <Skeleton />
  const { rules, addresses } = scenarios.data
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
      <Card>
        <h2 className="mb-1 text-lg font-bold">{t('developer.addresses')}</h2>
        <p className="mb-3 text-sm text-soft">{t('developer.addresses-about')}</p>
        <dl className="flex flex-col">
          {addresses.map(({ vpa, asPayee }) => (
            <div key={vpa} className="border-b border-line py-2 last:border-0">
              <dt className="font-mono font-semibold">{vpa}</dt>
              <dd lang="en" className="text-sm text-soft">
                {asPayee}
              </dd>
            </div>
          ))}
        </dl>
      </Card>
      <div className="flex flex-col gap-5">
        <Card>
          <h2 className="mb-1 text-lg font-bold">{t('developer.rules')}</h2>
          <p className="mb-3 text-sm text-soft">{t('developer.rules-about')}</p>
          {rules.length === 0 && <p>{t('developer.rules-none')}</p>}
          <ul>
            {rules.map((rule) => (
              <RuleRow key={rule.id} rule={rule} />
            ))}
          </ul>
        </Card>
        <AddRule />
        <a
          href="/sandbox/network"
          target="_blank"
          rel="noreferrer"
          className="py-3 font-semibold text-accent hover:underline"
        >
          {t('developer.network-page')}
        </a>
      </div>
    </div>
  )
}

function useScenarioChange<T>(mutationFn: (input: T) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: key }) })
}

function RuleRow({ rule: { id, name, enabled, when } }: { rule: Rule }) {
  const t = useDeveloperText()
  const switching = useScenarioChange(() =>
    callPublic(switchScenario, { params: { id }, body: { enabled: !enabled } }),
  )
  const removing = useScenarioChange(() => callPublic(removeScenario, { params: { id } }))
  return (
    <li className="flex items-center gap-3 border-b border-line py-2 last:border-0">
      <button
        type="button"
        role="switch"
        aria-checked={enabled}
        aria-label={name}
        disabled={switching.isPending}
        onClick={() => switching.mutate(undefined)}
        className={`flex h-8 w-14 shrink-0 items-center rounded-full border p-1 transition ${enabled ? 'justify-end border-accent bg-accent' : 'border-soft bg-sunk'}`}
      >
        <span className={`size-5 rounded-full ${enabled ? 'bg-on-accent' : 'bg-soft'}`} />
      </button>
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{name}</span>
        <span className="block truncate text-sm text-soft">
          {when.payeeVpa ?? when.payerVpa ?? when.bank ?? t('developer.rule-all')}
        </span>
      </span>
      <button
        type="button"
        aria-label={t('developer.rule-remove', { name })}
        disabled={removing.isPending}
        onClick={() => removing.mutate(undefined)}
        className="grid size-11 place-items-center rounded-full hover:bg-sunk"
      >
        <Icon name="cross" className="size-5" />
      </button>
    </li>
  )
}

function AddRule() {
  const t = useDeveloperText()
  const id = useId()
  const [preset, setPreset] = useState<Preset>('declined-debit')
  const [payeeVpa, setPayeeVpa] = useState('')
  const adding = useScenarioChange(() =>
    callPublic(addScenario, {
      body: {
        name: t(`developer.fault-${preset}`),
        when: payeeVpa.trim() ? { payeeVpa: payeeVpa.trim() } : {},
        effects: [...presets[preset]],
      },
    }),
  )
  return (
    <Card>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          adding.mutate(undefined)
        }}
      >
        <h2 className="text-lg font-bold">{t('developer.rule-new')}</h2>
        <div>
          <label htmlFor={id} className="mb-1 block text-sm font-medium">
            {t('developer.rule-what')}
          </label>
          <select
            id={id}
            value={preset}
            onChange={({ target }) => setPreset(target.value as Preset)}
            className="min-h-13 w-full rounded-2xl border border-line bg-card px-4"
          >
            {(Object.keys(presets) as Preset[]).map((one) => (
              <option key={one} value={one}>
                {t(`developer.fault-${one}`)}
              </option>
            ))}
          </select>
        </div>
        <Field
          label={t('developer.rule-payee')}
          hint={t('developer.rule-payee-hint')}
          value={payeeVpa}
          onChange={({ target }) => setPayeeVpa(target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <ProblemNote error={adding.error} />
        <Button type="submit" busy={adding.isPending} wide>
          {t('developer.rule-add')}
        </Button>
      </form>
    </Card>
  )
}
