// A new person's steps to a first payment: what is done, and what to do next.
import { useText } from '../../language/language.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import type { Step } from './home.ts'

export function FirstSteps({ steps }: { steps: Step[] }) {
  const t = useText()
  const next = steps.find(({ isDone }) => !isDone)
  return (
    <section
      aria-labelledby="newcomer"
      className="flex flex-col gap-4 rounded-card border border-line bg-card p-5"
    >
      <h2 id="newcomer" className="text-lg font-bold">
        {t('home.first-steps')}
      </h2>
      <ol className="flex flex-col gap-3">
        {steps.map(({ name, isDone }, at) => (
          <li
            key={name}
            aria-current={name === next?.name ? 'step' : undefined}
            className={`flex items-center gap-3 ${name === next?.name ? 'font-semibold' : 'text-soft'}`}
          >
            <span
              className={`grid size-8 shrink-0 place-items-center rounded-full text-sm font-bold ${isDone ? 'bg-good-tint text-good' : name === next?.name ? 'bg-accent text-on-accent' : 'bg-sunk'}`}
            >
              {isDone ? <Icon name="check" className="size-5" /> : at + 1}
            </span>
            <span>{t(`home.step-${name}`)}</span>
            {isDone && <span className="sr-only">{t('action.done')}</span>}
          </li>
        ))}
      </ol>
      {next && (
        <LinkButton to={next.to} wide>
          {t(`home.action-${next.name}`)}
        </LinkButton>
      )}
    </section>
  )
}
