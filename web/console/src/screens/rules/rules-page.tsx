// Rules in force with their dates, and those that come: each as a list of what it says.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { showRules, type RuleName, type RulesInForce } from '@bahi/contracts/rules-in-force.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { ProblemState } from '../../api/problems.tsx'
import { useLanguage, useText } from '../../language/language.ts'

type Rule = RulesInForce['rules'][number]

export function Component() {
  const t = useText()
  const rules = useQuery({ queryKey: ['rules'], queryFn: () => call(showRules, {}) })
  return (
    <Page title={t('rules.title')} width="wide">
      {rules.isPending && <Skeleton lines={5} />}
      {rules.error && <ProblemState error={rules.error} again={() => void rules.refetch()} />}
      <div className="grid items-start gap-5 xl:grid-cols-2">
        {rules.data?.rules.map((rule) => (
          <RuleCard key={rule.name} {...rule} />
        ))}
      </div>
    </Page>
  )
}

function RuleCard({ name, inForce, later }: Rule) {
  const t = useText()
  const { language } = useLanguage()
  const rows = [
    ...(inForce ? [{ ...inForce, text: 'rules.since' as const }] : []),
    ...later.map((row) => ({ ...row, text: 'rules.from' as const })),
  ]
  return (
    <Card>
      <h2 className="text-lg font-semibold">{t(`rules.${name as RuleName}`)}</h2>
      {rows.map(({ effectiveFrom, values, text }, nth) => (
        <details key={effectiveFrom} open={nth > 0} className="mt-3">
          <summary className="min-h-11 cursor-pointer py-2 text-soft">
            {t(text, { date: formatMoment(language, effectiveFrom) })}
          </summary>
          <FactList facts={factsOf(values)} />
        </details>
      ))}
      {later.length === 0 && <p className="mt-2 text-sm text-soft">{t('rules.none-later')}</p>}
    </Card>
  )
}

/** Nested ones by the names that lead to them. */
function factsOf(values: Record<string, unknown>, path = ''): Fact[] {
  return Object.entries(values).flatMap(([name, value]): Fact[] => {
    const at = path === '' ? name : `${path} › ${name}`
    if (typeof value === 'number' && name.endsWith('Paise'))
      return [[at.slice(0, -'Paise'.length), formatRupees(value)]]
    if (typeof value !== 'object' || value === null) return [[at, String(value)]]
    const isPlainList = Array.isArray(value) && value.every((one) => typeof one !== 'object')
    if (isPlainList) return [[at, value.join(', ')]]
    return factsOf(value as Record<string, unknown>, at)
  })
}
