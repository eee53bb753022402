// The addresses that a host name stands for: the copies of a service behind a headless Service, found by DNS.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

export type HostAddresses = {
  /** Undefined for an address and for this machine, which stand for themselves. Rejects while nothing is known. */
  of(hostname: string): string[] | undefined | Promise<string[]>
}

/** Resolves all addresses of a name; another one in tests. */
export type Lookup = (hostname: string) => Promise<string[]>

const systemLookup: Lookup = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address)

/** Known addresses are used while they are resolved again, and for as long as that fails. */
export function hostAddresses(refreshMs: number, resolve: Lookup = systemLookup): HostAddresses {
  const known = new Map<string, { addresses: string[]; atMs: number; refreshing: boolean }>()
  const first = new Map<string, Promise<string[]>>()

  async function refresh(hostname: string): Promise<string[]> {
    const addresses = [...new Set(await resolve(hostname))].sort()
    known.set(hostname, { addresses, atMs: performance.now(), refreshing: false })
    return addresses
  }

  return {
    of(hostname) {
      if (hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return undefined
      const found = known.get(hostname)
      if (!found) {
        const running = first.get(hostname) ?? refresh(hostname).finally(() => first.delete(hostname))
        first.set(hostname, running)
        return running
      }
      if (performance.now() - found.atMs > refreshMs && !found.refreshing) {
        found.refreshing = true
        refresh(hostname).catch(() => {
          Object.assign(found, { atMs: performance.now(), refreshing: false })
        })
      }
      return found.addresses
    },
  }
}
