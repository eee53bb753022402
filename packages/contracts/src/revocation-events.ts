// The events of disconnected mobile numbers. The stream of a list is the list's, the others' the person's.
import * as Type from 'typebox'
import { Uuid } from './formats.ts'
import { IstDate } from './recurrence.ts'

export const revocationEvents = {
  /** Without an actor a feed sent it. No number is in it. */
  'auth.revoked-numbers-uploaded': Type.Object({
    listId: Uuid,
    actorId: Type.Optional(Uuid),
    listedOn: IstDate,
    rows: Type.Integer(),
    revoked: Type.Integer(),
    alreadyRevoked: Type.Integer(),
    provenSince: Type.Integer(),
    refused: Type.Integer(),
  }),
  /** The phone of the person proves nothing from now on, and what pays by it is closed. */
  'auth.phone-revoked': Type.Object({ userId: Uuid, listId: Uuid, revokedOn: IstDate }),
  /** By a code to it that came after it was revoked, and a device of the person; what was closed is open again. */
  'auth.phone-proven': Type.Object({ userId: Uuid }),
} as const
