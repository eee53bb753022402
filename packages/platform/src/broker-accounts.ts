// The accounts of RabbitMQ for a layout, from what services subscribe to, and the definitions that make them.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { liveSource, subscriptions } from '@bahi/contracts/events.ts'
import { rabbitDefinitions, type BrokerAccount } from '@bahi/kit/bus/rabbit-definitions.ts'
import { queueOf } from '@bahi/kit/events/consume.ts'
import { layouts, type DistributedLayout } from './layouts.ts'

const consumers: Partial<Record<ServiceName, unknown>> = subscriptions
const queues = Object.entries(subscriptions).map(([name, sources]) => ({ queue: queueOf(name), sources }))

/** What each process of a layout is called at RabbitMQ. */
export function brokerUsers(layout: DistributedLayout): { user: string; services: readonly ServiceName[] }[] {
  return layouts[layout].map(({ name, services }) => ({
    user: `bahi_${name.replaceAll('-', '_')}`,
    services,
  }))
}

/** @param passwordOf of each user; those for whom there is none are left out */
export function brokerDefinitions(
  layout: DistributedLayout,
  passwordOf: (user: string) => string | undefined,
  vhost?: string,
) {
  const accounts = brokerUsers(layout).flatMap(({ user, services }): BrokerAccount[] => {
    const password = passwordOf(user)
    if (password === undefined) return []
    return [
      {
        ...{ user, password },
        publishes: services.flatMap((name) => [
          ...(name === 'gateway' ? [] : [name]),
          ...(name === 'notification' ? [liveSource] : []),
        ]),
        consumes: services.filter((name) => consumers[name]).map(queueOf),
        listens: services.includes('gateway'),
        operates: services.includes('audit'),
      },
    ]
  })
  return rabbitDefinitions(accounts, queues, vhost)
}
