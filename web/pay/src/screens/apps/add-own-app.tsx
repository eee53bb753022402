// Adds an app of one's own: its name, what it may do, and whether it asks people for payments.
import type { Output } from '@bahi/contracts/call.ts'
import { ownLabel, registerOwnClient } from '@bahi/contracts/oauth-apps.ts'
import { clientScopes } from '@bahi/contracts/permissions.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { useMutation } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import { useMe } from '../../accounts/my-accounts.ts'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { withStepUp } from '../../session/step-up.ts'
import { useOwnAppsText } from './own-apps-texts.ts'
import { useScopeText } from './scopes.tsx'

type Scope = (typeof clientScopes)[number]
const isLabel = (text: string) =>
  [...text].length <= ownLabel.maxLength && new RegExp(ownLabel.pattern, 'u').test(text)

export function AddOwnApp({ onAdded }: { onAdded: (added: Output<typeof registerOwnClient>) => void }) {
  const t = useOwnAppsText()
  const scopeText = useScopeText()
  const own = useMe().data?.name ?? ''
  const id = useId()
  const [label, setLabel] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(['payments:read'])
  const [isAsking, setIsAsking] = useState(false)
  const [isChecked, setIsChecked] = useState(false)
  const typed = label.trim()
  const isLabelWrong = isChecked && !isLabel(typed)
  const areNone = isChecked && scopes.length === 0
  const adding = useMutation({
    mutationFn: () =>
      withStepUp((proof) =>
        call(registerOwnClient, {
          body: { label: typed, scopes: [...scopes], asksForPayments: isAsking, ...proof },
        }),
      ),
    onSuccess: onAdded,
  })
  function choose(scope: Scope, isChosen: boolean): void {
    setScopes(clientScopes.filter((one) => (one === scope ? isChosen : scopes.includes(one))))
    // Asking for payments takes this one.
    if (scope === 'requests:create' && !isChosen) setIsAsking(false)
  }
  function ask(isOn: boolean): void {
    setIsAsking(isOn)
    if (isOn) choose('requests:create', true)
  }
  function add(event: FormEvent): void {
    event.preventDefault()
    setIsChecked(true)
    if (isLabel(typed) && scopes.length > 0) adding.mutate()
  }
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={add}>
      <Field
        label={t('own.label')}
        hint={t('own.label-hint', { name: own })}
        fault={isLabelWrong ? t('own.label-wrong') : undefined}
        value={label}
        maxLength={100}
        autoComplete="off"
        onChange={({ target }) => setLabel(target.value)}
      />
      <fieldset aria-describedby={areNone ? id : undefined}>
        <legend className="mb-1 text-sm font-medium">{t('own.may')}</legend>
        {clientScopes.map((scope) => (
          <label key={scope} className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-accent"
              checked={scopes.includes(scope)}
              onChange={({ target }) => choose(scope, target.checked)}
            />
            {scopeText(scope)}
          </label>
        ))}
        {areNone && (
          <p id={id} role="alert" className="text-sm text-bad">
            {t('own.may-wrong')}
          </p>
        )}
      </fieldset>
      <div className="-mx-3">
        <Switch label={t('own.asks-switch')} under={t('own.asks-about')} on={isAsking} onChange={ask} />
      </div>
      <ProblemNote error={adding.error} />
      <Button type="submit" wide busy={adding.isPending}>
        {t('own.add')}
      </Button>
    </form>
  )
}
