// Prints a UUIDv7: the id that a payment made by hand needs.
import { uuidv7 } from '@bahi/contracts/id.ts'

console.log(uuidv7())
