// The user service's table of contents: what it answers. It hears nothing and does nothing by itself.
import { changeMe, createProfile, me, profilesOf } from '@bahi/contracts/user.ts'
import type { Service } from '@bahi/kit/service.ts'
import Type from 'typebox'
import { changeProfile } from './change-profile.ts'
import { makeProfile } from './make-profile.ts'
import { showProfile, showProfiles } from './show-profile.ts'

const Config = Type.Object({})

export const service: Service<typeof Config> = {
  name: 'user',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start: (deps) => ({
    answers(app) {
      app.route({ ...me, handler: (request) => showProfile(deps, request.person.userId) })
      app.route({
        ...changeMe,
        handler: (request) => changeProfile(deps, request.person.userId, request.body),
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
