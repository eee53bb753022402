// The events of signing in that are no session's: wrong passwords and second factors.
import * as Type from 'typebox'
import { Timestamp, Uuid } from './formats.ts'
import { secondFactors } from './second-factor-rules.ts'

const ResetOf = { resetId: Uuid, userId: Uuid }
const PasskeyOf = { userId: Uuid, passkeyId: Uuid, name: Type.String(), isSecondFactor: Type.Boolean() }
const FactorOf = { userId: Uuid, method: Type.Enum([...secondFactors]) }

export const signInEvents = {
  'auth.login-locked': Type.Object({
    userId: Uuid,
    until: Timestamp,
    /** `device`: one that is bound. `new-devices`: strangers tried many passwords. */
    scope: Type.Optional(Type.Enum(['device', 'new-devices'])),
  }),
  /** The password was wrong. `knownDevice`: on a device that is bound. The stream is the person's. */
  'auth.login-failed': Type.Object({ userId: Uuid, knownDevice: Type.Boolean() }),
  'auth.second-factor-enrolled': Type.Object(FactorOf),
  /** In this session. */
  'auth.second-factor-proven': Type.Object({ ...FactorOf, sessionId: Uuid }),
  'auth.second-factor-failed': Type.Object({ ...FactorOf, sessionId: Uuid }),
  /** After too many wrong codes, of whoever knows the password. */
  'auth.second-factor-locked': Type.Object({ userId: Uuid, until: Timestamp }),
  /** The name is its person's own. `isSecondFactor`: of staff. */
  'auth.passkey-added': Type.Object(PasskeyOf),
  'auth.passkey-removed': Type.Object(PasskeyOf),
  'auth.recovery-code-used': Type.Object({ userId: Uuid, codesLeft: Type.Integer() }),
  'auth.recovery-codes-renewed': Type.Object({ userId: Uuid }),
  /** The stream is that of the reset. */
  'auth.second-factor-reset-requested': Type.Object({ ...ResetOf, actorId: Uuid, note: Type.String() }),
  'auth.second-factor-reset-declined': Type.Object({ ...ResetOf, actorId: Uuid, note: Type.String() }),
  /** It is gone. Without an actor a command reset it. */
  'auth.second-factor-reset': Type.Object({
    ...ResetOf,
    actorId: Type.Optional(Uuid),
    note: Type.Optional(Type.String()),
  }),
}
