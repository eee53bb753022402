// Prints a UUIDv7: the id that a payment made by hand needs.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'

parseArguments('npm run uuid\n\nPrints a UUIDv7, for the id of a payment.', {})
console.log(uuidv7())
