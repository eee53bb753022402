// User's table of contents: its routes and its worker. It consumes no events.
import * as contacts from '@bahi/contracts/contacts.ts'
import { retention } from '@bahi/contracts/retention.ts'
import * as profiles from '@bahi/contracts/user.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import Type from 'typebox'
import { changeProfile } from './profiles/change-profile.ts'
import { putContact, removeContact } from './contacts/put-contact.ts'
import { listContacts } from './contacts/list-contacts.ts'
import { createProfile } from './profiles/create-profile.ts'
import { getProfile, getProfiles } from './profiles/get-profiles.ts'
import { emailColumn, phoneColumn } from './profiles/profile.ts'

const Config = Type.Object({})

export const service: Service<typeof Config> = {
  name: 'user',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [phoneColumn, emailColumn],
  start: (deps) => ({
    routes(app) {
      app.route({ ...profiles.me, handler: (request) => getProfile(deps, request.person.userId) })
      app.route({
        ...profiles.changeMe,
        handler: (request) => changeProfile(deps, request.person, request.body),
      })
      app.route({
        ...contacts.listContacts,
        handler: (request) => listContacts(deps, request.person.userId, request.query),
      })
      app.route({
        ...contacts.putContact,
        handler: (request) => putContact(deps, request.person.userId, { ...request.params, ...request.body }),
      })
      app.route({
        ...contacts.removeContact,
        async handler(request, reply) {
          const { userId } = request.person
          await removeContact(deps, userId, request.params.vpa, request.query.changedAt)
          return reply.code(204).send(null)
        },
      })
      app.route({
        ...profiles.createProfile,
        handler: (request) => createProfile(deps, { ...request.params, ...request.body }),
      })
      app.route({
        ...profiles.profilesOf,
        handler: async (request) => ({ profiles: await getProfiles(deps, request.body.userIds) }),
      })
    },
    workers: [retentionWorker(deps, retention, 'user')],
  }),
}
