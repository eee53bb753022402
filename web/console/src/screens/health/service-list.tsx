// The services, each up or not and since when, with the servers that it needs.
import type { PlatformHealth } from '@bahi/contracts/health.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import type { TextKey } from '../../language/en.ts'
import { useLanguage, useText } from '../../language/language.ts'

type ServiceHealth = PlatformHealth['services'][number]

const looks: Record<ServiceHealth['status'], { icon: IconName; tone: string }> = {
  up: { icon: 'check', tone: 'bg-good-tint text-good' },
  degraded: { icon: 'warn', tone: 'bg-wait-tint text-wait' },
  down: { icon: 'cross', tone: 'bg-bad-tint text-bad' },
}

export function ServiceList({ services }: { services: ServiceHealth[] }) {
  const t = useText()
  return (
    <Card>
      <h2 className="text-lg font-semibold">{t('health.services')}</h2>
      <ul className="mt-2 grid gap-x-8 lg:grid-cols-2">
        {services.map((service) => (
          <ServiceRow key={service.name} service={service} />
        ))}
      </ul>
    </Card>
  )
}

function ServiceRow({ service }: { service: ServiceHealth }) {
  const t = useText()
  const { language } = useLanguage()
  const { name, status, since, version, dependencies, stalledWorkers } = service
  const { icon, tone } = looks[status]
  return (
    <li className="flex gap-3 border-t border-line py-3">
      <span className={`grid size-8 shrink-0 place-items-center rounded-full ${tone}`}>
        <Icon name={icon} className="size-5" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span>
            <strong className="font-semibold">{name}</strong>
            {version !== undefined && <span className="ml-2 text-sm text-soft">{version}</span>}
          </span>
          <span className="text-sm">
            {t(`health.${status}`)}{' '}
            <span className="text-soft">
              {t('health.since', { time: formatShortMoment(language, since) })}
            </span>
          </span>
        </p>
        <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">
          {dependencies.map(({ name: dependency, up }) => (
            <Dependency key={dependency} name={t(`health.${dependency}` as TextKey) || dependency} up={up} />
          ))}
        </ul>
        {stalledWorkers.map((worker) => (
          <p key={worker} className="mt-1 text-sm text-wait">
            {t('health.stalled', { worker })}
          </p>
        ))}
      </div>
    </li>
  )
}

function Dependency({ name, up }: { name: string; up: boolean }) {
  const t = useText()
  return (
    <li className={`flex items-center gap-1 ${up ? '' : 'font-medium text-bad'}`}>
      <Icon name={up ? 'check' : 'cross'} className={`size-4 ${up ? 'text-good' : ''}`} />
      <span aria-hidden>{name}</span>
      <span className="sr-only">{t(up ? 'health.works' : 'health.fails', { name })}</span>
    </li>
  )
}
