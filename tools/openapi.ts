// Writes the OpenAPI document of the public API without a server: for client generators, linters and reviewers.
import { writeFileSync } from 'node:fs'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { openApiDocument } from '@bahi/gateway/documentation/openapi-document.ts'

const help = `npm run openapi -- [--out <file>] [--sandbox]

The OpenAPI 3.1 document of the public API, derived from the contracts: what a gateway serves at
/v1/openapi.json.

  --out <file>   default: the standard output
  --sandbox      with the routes for testers, which only a sandbox has
  --help         this text`

const { values } = parseArguments(help, { out: { type: 'string' }, sandbox: { type: 'boolean' } })
const text = `${JSON.stringify(await openApiDocument(values.sandbox ? 'sandbox' : 'production'), null, 2)}\n`
if (values.out === undefined) process.stdout.write(text)
else writeFileSync(values.out, text)
