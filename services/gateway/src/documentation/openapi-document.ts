// The OpenAPI document without a server: for client generators and linters.
import { documentContracts, type OpenApi } from '@bahi/kit/http/edge.ts'
import { publishedIn } from '../app.ts'
import type { GatewayDeps } from '../deps.ts'
import { documentation, withExamples } from './openapi.ts'

/** The document that a gateway of this mode serves at `/v1/openapi.json`. */
export async function openApiDocument(mode: GatewayDeps['mode']): Promise<OpenApi> {
  return withExamples(await documentContracts(publishedIn(mode), documentation), Date.now())
}
