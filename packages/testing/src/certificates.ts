// Certificates for tests: an authority, and what it signs for names of this machine.
import { generate } from 'selfsigned'

export type Certificate = { cert: string; key: string }
export type Authority = { ca: string; issue(name?: string, days?: number): Promise<Certificate> }

/** For `localhost` and 127.0.0.1, or another name; for a year, or so many days. */
export async function testAuthority(name = 'test authority'): Promise<Authority> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const
  const own = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    ca: own.cert,
    async issue(host = 'localhost', days = 365) {
      const altNames = [{ type: 2, value: host } as const, { type: 7, ip: '127.0.0.1' } as const]
      const made = await generate([{ name: 'commonName', value: host }], {
        ...common,
        notAfterDate: new Date(Date.now() + days * 86_400_000),
        ca: { key: own.private, cert: own.cert },
        extensions: [
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: host === 'localhost' ? altNames : altNames.slice(0, 1) },
        ],
      })
      return { cert: made.cert, key: made.private }
    },
  }
}
