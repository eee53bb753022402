// The browser of a person to whom an app of somebody else sends them: it keeps cookies, and stops at each redirect.
import { pathOf } from '@bahi/contracts/call.ts'
import { decideConsent } from '@bahi/contracts/oauth-apps.ts'
import { authorisation, type SignedInPerson } from '@bahi/platform/api-client.ts'

/** @param origin where the platform is */
export function browserAt(origin: string, person: SignedInPerson) {
  const jar = new Map<string, { value: string; path: string }>()
  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    const cookies = [...jar].filter(([, { path }]) => pathname.startsWith(path))
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: {
        ...init.headers,
        accept: 'text/html',
        ...(cookies.length > 0
          ? { cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; ') }
          : {}),
      },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      const path = /; ?path=([^;]+)/i.exec(line)?.[1] ?? '/'
      if (value === '' || /expires=Thu, 01 Jan 1970/.test(line)) jar.delete(name!)
      else jar.set(name!, { value: value!, path })
    }
    return response
  }
  return {
    /** Where the request leads: to the consent screen, or straight back to the app. */
    async open(url: URL | string, init: RequestInit = {}): Promise<string> {
      const response = await send(new URL(url, origin).href, init)
      return response.headers.get('location') ?? `${response.status} ${await response.text()}`
    },
    async decide(at: string, allow: boolean, body: object = {}): Promise<Response> {
      const uid = at.split('/').at(-1)!
      const to = origin + pathOf(decideConsent.url, { uid })
      return send(to, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...authorisation('POST', to, person.token(), person.key),
        },
        body: JSON.stringify({ allow, ...body }),
      })
    },
    /** From the app's link to the address that the app gets back. */
    async connect(url: URL, allow = true): Promise<URL> {
      const at = await this.open(url)
      if (!at.startsWith('/connect/')) return new URL(at)
      const decided = await this.decide(at, allow)
      const { continueAt } = (await decided.json()) as { continueAt: string }
      return new URL(await this.open(continueAt))
    },
  }
}
