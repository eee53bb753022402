// The user service's table of contents: what it answers. It hears nothing and does nothing by itself.
import { listContacts as list, putContact, removeContact as remove } from '@bahi/contracts/contacts.ts'
import { changeMe, createProfile, me, profilesOf } from '@bahi/contracts/user.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import Type from 'typebox'
import { changeProfile } from './profiles/change-profile.ts'
import { keepContact, removeContact } from './contacts/put-contact.ts'
import { listContacts } from './contacts/list-contacts.ts'
import { makeProfile } from './profiles/create-profile.ts'
import { showProfile, showProfiles } from './profiles/get-profiles.ts'

const Config = Type.Object({})

export const service: Service<typeof Config> = {
  name: 'user',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start: (deps) => ({
    routes(app) {
      app.route({ ...me, handler: (request) => showProfile(deps, request.person.userId) })
      app.route({
        ...changeMe,
        handler: (request) => changeProfile(deps, request.person.userId, request.body),
      })
      app.route({
        ...list,
        handler: (request) => listContacts(deps, request.person.userId, request.query),
      })
      app.route({
        ...putContact,
        handler: (request) =>
          keepContact(deps, request.person.userId, { ...request.params, ...request.body }),
      })
      app.route({
        ...remove,
        async handler(request, reply) {
          const { userId } = request.person
          await removeContact(deps, userId, request.params.vpa, request.query.changedAt)
          return reply.code(204).send(null)
        },
      })
      app.route({
        ...createProfile,
        handler: (request) => makeProfile(deps, { ...request.params, ...request.body }),
      })
      app.route({
        ...profilesOf,
        handler: async (request) => ({ profiles: await showProfiles(deps, request.body.userIds) }),
      })
    },
  }),
}
