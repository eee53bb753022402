// The sandbox's settings, and what all of it holds in hand.
import type { Deps } from '@bahi/kit/service.ts'
import Type, { type Static } from 'typebox'

export const Config = Type.Object({
  BAHI_SANDBOX_SMTP_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description: 'Port of the SMTP server whose mail lands in the inbox; 0: no SMTP server.',
  }),
  BAHI_SANDBOX_SMTP_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address that the SMTP server listens on; it takes any mail, so keep it from strangers.',
  }),
})

export type SandboxDeps = Deps<Static<typeof Config>>
