// Serves a folder of files, such as a web app: files with hashed names are cached for ever, the page itself never.
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
  /** Prefixes of paths that are not the app's: a missing one is answered with a problem, for a browser too. */
  except?: string[]
}

/** A request for a page that no other route takes gets `index.html`: the app routes by itself. */
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
  app.get('/*', { config: { file: 'index.html' } }, (request, reply) => {
    const [path = ''] = request.url.split('?')
    const wantsPage = (request.headers.accept ?? '').includes('text/html')
    // A missing file is not a page of the app: HTML instead of a script would only confuse.
    if (!wantsPage || [...except, '/assets/'].some((prefix) => path.startsWith(prefix))) {
      throw new Problem('not-found', `nothing answers GET ${path}`)
    }
    return reply.sendFile('index.html')
  })
}
