// The accounts of RabbitMQ for the processes of a layout, from what services subscribe to, and their definitions.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { liveSource, subscriptions } from '@bahi/contracts/events.ts'
import { rabbitDefinitions, type BrokerAccount } from '@bahi/kit/bus/rabbit-definitions.ts'
import { platformQueues, queueOf } from '@bahi/kit/events/consume.ts'
import { layouts, type DistributedLayout } from './layouts.ts'

const consumers: Partial<Record<ServiceName, unknown>> = subscriptions

export type BrokerUser = { user: string; services: readonly ServiceName[] }

/** What a process is called at RabbitMQ and Redis. */
export function accountOf(process: string): string {
  return `bahi_${process.replaceAll('-', '_')}`
}

/** The setting from which `npm run broker` reads an account's password. */
export const amqpPasswordName = (user: string): string => `${user.toUpperCase()}_AMQP_PASSWORD`

/** What each process of a layout is called at RabbitMQ. */
export function brokerUsers(layout: DistributedLayout): BrokerUser[] {
  return layouts[layout].map(({ name, services }) => ({ user: accountOf(name), services }))
}

/**
 * @param passwordOf of each user; those for whom there is none are left out
 * @param administrator who may do anything: a broker that loads definitions when it starts makes no other user
 */
export function brokerDefinitions(
  users: BrokerUser[],
  passwordOf: (user: string) => string | undefined,
  vhost?: string,
  administrator?: { user: string; password: string },
) {
  const accounts = users.flatMap(({ user, services }): BrokerAccount[] => {
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
  const none = { publishes: [], consumes: [], listens: false, operates: false }
  const administrators = administrator ? [{ ...administrator, ...none, administers: true }] : []
  return rabbitDefinitions([...accounts, ...administrators], platformQueues, vhost)
}
