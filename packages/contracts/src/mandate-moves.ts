// Which mandates move here from other apps, as the operator sets it.
import Type from 'typebox'

/** Of the services that move mandates here, or say which stay where they are. */
export const MandateMovesConfig = {
  BAHI_MANDATES_TO_PAYEES_HERE: Type.Boolean({
    default: true,
    description:
      'Whether a mandate can be moved here from another app if its payee uses this app too. `false` while copies of ' +
      'a version run that does not know such mandates: `docs/operate/upgrade.md`.',
  }),
}
