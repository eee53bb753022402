// What notification does when a person leaves: deletes their messages; and its part of a copy of their data.
import { eraseInNotification } from '@bahi/contracts/erasure.ts'
import { personalDataInNotification } from '@bahi/contracts/personal-export.ts'
import type { App } from '@bahi/kit/http/app.ts'
import type { NotificationDeps } from '../deps.ts'
import { findMessages } from '../messages/store.ts'
import { showPreferences } from '../preferences/preferences.ts'
import { deletePerson } from './store-person.ts'

export function personRoutes(app: App, deps: NotificationDeps): void {
  app.route({
    ...eraseInNotification,
    async handler({ params }) {
      await deps.transaction((tx) => deletePerson(tx, params.userId))
      return { vpas: [] }
    },
  })
  app.route({
    ...personalDataInNotification,
    async handler({ params: { userId }, query }) {
      const newest = { before: Number.MAX_SAFE_INTEGER, limit: query.maxRows }
      return {
        data: {
          messagePreferences: await showPreferences(deps, userId),
          messages: (await findMessages(deps, userId, newest)).map(({ title, text, at, readAt }) => ({
            ...{ title, text, at },
            ...(readAt === undefined ? {} : { readAt }),
          })),
        },
      }
    },
  })
}
