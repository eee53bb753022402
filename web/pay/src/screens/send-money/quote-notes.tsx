// What a quote says beside the amount: what speaks against the payment, and what is left of each limit.
import { reasonText } from '@bahi/contracts/reasons.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { useLanguage, useText } from '../../language/language.ts'
import type { Quote } from './use-send-money.ts'

/** Warnings, each a sentence; nothing when there are none. */
export function Warnings({ quote }: { quote: Quote | undefined }) {
  const { language } = useLanguage()
  return (quote?.warnings ?? []).map(({ reason }) => (
    <Note key={reason} tone="wait" icon="warn" role="alert">
      {reasonText(reason, undefined, language)}
    </Note>
  ))
}

/**
 * Why nothing can be paid, when the reason has nothing to do with the amount.
 * @param isWhole the quote is of this very payment: whatever refuses it is the reason
 */
export function useRefusalText(quote: Quote | undefined, isWhole = false): string | undefined {
  const { language } = useLanguage()
  const refusal = refusalOf(quote, isWhole)
  return refusal && reasonText(refusal.reason, refusal.code, language)
}

export const refusalOf = (quote: Quote | undefined, isWhole: boolean) =>
  quote?.refusals.find(({ code, reason }) => isWhole || quote.maxPaise === 0 || isRisk(reason, code))

/** The way to what the payer can do about a limit: to prove who they are, or to change what they have set. */
export function LimitHelp({ reason }: { reason: string | undefined }) {
  const t = useText()
  if (reason?.startsWith('further:kyc-'))
    return (
      <LinkButton to="/profile/kyc" look="quiet">
        {t('pay.verify')}
      </LinkButton>
    )
  if (!reason?.startsWith('person:') || reason === 'person:blocked-payee') return null
  return (
    <LinkButton to="/profile/limits" look="quiet">
      {t('my-limits.title')}
    </LinkButton>
  )
}

const isRisk = (reason: string, code: string) => reason.startsWith('risk:') || code === 'U16'

type LimitView = Quote['limits'][number]

/** Behind a line that opens: limits that most payments are far from. */
export function LimitList({ limits }: { limits: LimitView[] | undefined }) {
  const t = useText()
  if (!limits || limits.length === 0) return null
  const facts = limits.flatMap(({ limit, ofPaise, leftPaise, ofCount, leftCount }): Fact[] => {
    const [scope = '', what = ''] = splitLast(limit)
    const label = `${t(scopeText(scope))} · ${t(windowText(what))}`
    if (ofPaise !== undefined)
      return [
        [
          label,
          t('limits.left', { left: shortRupees(leftPaise ?? 0) }),
          t('limits.of', { all: shortRupees(ofPaise) }),
        ],
      ]
    if (ofCount !== undefined)
      return [
        [label, t('limits.left', { left: String(leftCount ?? 0) }), t('limits.of', { all: String(ofCount) })],
      ]
    return []
  })
  return (
    <details className="group rounded-2xl border border-line bg-card px-4">
      <summary className="flex min-h-11 cursor-pointer items-center justify-between font-medium">
        {t('limits.show')}
        <Icon name="right" className="size-5 text-soft transition group-open:rotate-90" />
      </summary>
      <FactList facts={facts} />
    </details>
  )
}

function splitLast(limit: string): [string, string] {
  const at = limit.lastIndexOf(':')
  return [limit.slice(0, at), limit.slice(at + 1)]
}

function scopeText(scope: string) {
  if (scope === 'person') return 'limits.mine'
  if (scope === 'payee') return 'limits.mine-payee'
  if (scope === 'cooling') return 'limits.new-device'
  return scope.startsWith('category:') ? 'limits.merchants' : 'limits.upi'
}

function windowText(what: string) {
  if (what === 'transaction-amount' || what === 'first-amount') return 'limits.payment'
  if (what.startsWith('ist-day')) return 'limits.today'
  if (what.startsWith('month')) return 'limits.month'
  return what === 'day-count' ? 'limits.day-count' : 'limits.day'
}
