// What staff saw of a person, and the measures that they requested and decided; the stream of these is the measure's.
import * as Type from 'typebox'
import { Uuid } from './formats.ts'
import { MeasureKind } from './measures.ts'

const MeasureOf = { measureId: Uuid, userId: Uuid, actorId: Uuid, note: Type.String() }

export const measureEvents = {
  'auth.measure-requested': Type.Object({ ...MeasureOf, measure: MeasureKind }),
  'auth.measure-declined': Type.Object({ ...MeasureOf, measure: MeasureKind }),
  /** In effect from now on; `actorId` approved it. */
  'auth.person-frozen': Type.Object(MeasureOf),
  'auth.person-unfrozen': Type.Object(MeasureOf),
  'auth.person-signed-out': Type.Object(MeasureOf),
  'auth.sign-in-restored': Type.Object(MeasureOf),
  /** For the reason in `note`; what was shown is not in it. */
  'user.person-revealed': Type.Object({ userId: Uuid, actorId: Uuid, note: Type.String() }),
  /** By name, which is not in it: whom it showed to whom. The stream is the search's. */
  'user.people-searched': Type.Object({ actorId: Uuid, userIds: Type.Array(Uuid) }),
} as const
