// Serves a folder of files, such as an app for browsers: hashed names are kept for ever, the page itself never.
import { join, sep } from 'node:path'
import { Problem } from '@bahi/contracts/problem.ts'
import serve from '@fastify/static'
import type { App } from './http.ts'

export type Files = {
  /** Absolute. */
  folder: string
  /** The content-security-policy of its pages. */
  policy: string
  /** More headers of its pages. */
  headers?: Record<string, string>
  /** Addresses that begin so are never its own: what is not there is told as a problem, to a browser too. */
  except?: string[]
}

/** What no other route takes and asks for a page gets `index.html`: the app knows its own addresses. */
export async function serveFiles(app: App, files: Files): Promise<void> {
  const { folder, policy, headers = {}, except = [] } = files
  await app.register(serve, {
    root: folder,
    wildcard: false,
    index: false,
    cacheControl: false,
    dotfiles: 'ignore',
    setHeaders(reply, path) {
      const isForever = path.startsWith(join(folder, 'assets') + sep)
      void reply.header('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
      void reply.header('content-security-policy', policy)
      for (const [name, value] of Object.entries(headers)) void reply.header(name, value)
    },
  })
  app.get('/*', (request, reply) => {
    const [path = ''] = request.url.split('?')
    const wantsPage = (request.headers.accept ?? '').includes('text/html')
    // A file that is not there is none of the app's addresses: a script made of the page would only puzzle.
    if (!wantsPage || [...except, '/assets/'].some((one) => path.startsWith(one))) {
      throw new Problem('not-found', `nothing answers GET ${path}`)
    }
    return reply.sendFile('index.html')
  })
}
