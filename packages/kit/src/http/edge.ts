// What only the public edge needs of HTTP: compressed responses, and documentation generated from the routes.
import type { Contract } from '@bahi/contracts/contract.ts'
import compress from '@fastify/compress'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify from 'fastify'
import type { App } from './http.ts'
import { compressFiles } from './stored-compression.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The contract of the route; routes without one stay out of the documentation. */
    contract?: Contract
  }
}

const thresholdBytes = 1_024
/** Text of any kind but event streams, which must be sent as soon as they are written. */
const compressible = /^text\/(?!event-stream)|[+/](json|xml|javascript|x-yaml)(;|$)|^image\/svg/u

/** Compresses responses of the routes registered from now on, files once; requests are never decompressed. */
export async function compressAnswers(app: App): Promise<void> {
  compressFiles(app, compressible)
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: thresholdBytes,
    customTypes: compressible,
    globalDecompression: false,
  })
}

export type OpenApi = Record<string, unknown>

export type Documentation = {
  /** The document's head: version, info, servers, security, tags. */
  head: NonNullable<FastifyDynamicSwaggerOptions['openapi']>
  /** The schema of a route as the documentation shows it: Fastify's shape with `summary`, `tags` and the like. */
  describe(contract: Contract): Record<string, unknown>
  /** Adds to the finished document what routes cannot express. */
  finish(document: OpenApi): OpenApi
  title: string
  /** Where the playground is served. */
  path: string
  /** Where the document is served, which is made once. */
  documentUrl: string
  /** SVG: in the page's head and as its icon. */
  logo: string
  /** Its content-security-policy. */
  policy: string
}

/** Documents the routes registered from now on. Resolves to a function that returns the document. */
export async function documentRoutes(app: App, documentation: Documentation): Promise<() => OpenApi> {
  await app.register(swagger, {
    openapi: documentation.head,
    transform: ({ url, route }) => {
      const contract = route.config?.contract
      return { url, schema: contract ? documentation.describe(contract) : { hide: true } } as never
    },
    transformObject: (document) =>
      documentation.finish(
        ('openapiObject' in document ? document.openapiObject : document.swaggerObject) as OpenApi,
      ) as never,
  })
  // The playground would serve the document in a second place, made anew for each request.
  app.addHook('onRoute', (route) => {
    if (route.url !== `${documentation.path}/json` && route.url !== `${documentation.path}/yaml`) return
    route.handler = (_request, reply) => reply.redirect(documentation.documentUrl)
  })
  const logo = Buffer.from(documentation.logo)
  await app.register(swaggerUi, {
    routePrefix: documentation.path,
    logo: { type: 'image/svg+xml', content: logo },
    theme: {
      title: documentation.title,
      favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: logo }],
    },
    staticCSP: documentation.policy,
    uiConfig: { tryItOutEnabled: true, persistAuthorization: false, displayRequestDuration: true },
  })
  return () => app.swagger() as OpenApi
}

/** The same document without a server: of routes with these contracts, which nobody can call. */
export async function documentContracts(
  contracts: Contract[],
  documentation: Documentation,
): Promise<OpenApi> {
  const app = Fastify({ exposeHeadRoutes: false })
  try {
    const document = await documentRoutes(app as unknown as App, documentation)
    for (const contract of contracts) {
      const { method, url } = contract
      app.route({ method, url, config: { contract }, handler: () => undefined })
    }
    await app.ready()
    return document()
  } finally {
    await app.close()
  }
}
