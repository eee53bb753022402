// What happened to a payment and when, and what is still to come.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { timelineSteps, type Step } from './timeline-steps.ts'

const looks: Record<Step['is'], [icon: IconName, colour: string]> = {
  done: ['check', 'bg-good-tint text-good'],
  waiting: ['clock', 'bg-wait-tint text-wait'],
  failed: ['cross', 'bg-bad-tint text-bad'],
  'to-come': ['clock', 'bg-sunk text-soft'],
}

export function Timeline({ payment }: { payment: PaymentView }) {
  const t = useText()
  const { language } = useLanguage()
  const steps = timelineSteps(payment)
  return (
    <ol className="flex flex-col">
      {steps.map(({ text, is, at, isBy }, i) => {
        const [icon, colour] = looks[is]
        return (
          <li key={text} className="relative flex gap-3 pb-5 last:pb-0">
            {i < steps.length - 1 && (
              <span aria-hidden="true" className="absolute top-8 bottom-0 left-4 w-px bg-line" />
            )}
            <span className={`grid size-8 shrink-0 place-items-center rounded-full ${colour}`}>
              <Icon name={icon} className="size-4" />
            </span>
            <span className="pt-1">
              <span className={`block leading-tight font-medium ${is === 'to-come' ? 'text-soft' : ''}`}>
                {t(text)}
              </span>
              {at !== undefined && (
                <span className="text-sm text-soft">
                  {isBy ? t('payment.by', { date: formatMoment(language, at) }) : formatMoment(language, at)}
                </span>
              )}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
