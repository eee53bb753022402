// Mutual TLS between services: the certificate of this process, and the CA that others are known by, from files.
import { X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Log } from '../log.ts'
import { watchFiles, type WatchedFiles } from './watched-files.ts'

export type Credentials = { cert: string; key: string; ca: string; expiresAt: Date }
export type ServiceTls = WatchedFiles<Credentials>

export type TlsFiles = { certFile: string; keyFile: string; caFile: string }

/** Throws what is wrong with the files, naming no secret. */
export function serviceTls(
  { certFile, keyFile, caFile }: TlsFiles,
  log: Pick<Log, 'info' | 'warn'>,
  checkMs?: number,
): ServiceTls {
  const tls = watchFiles(
    [certFile, keyFile, caFile],
    ([cert = '', key = '', ca = '']): Credentials => {
      // Throws for a key that is not the certificate's.
      createSecureContext({ cert, key, ca })
      return { cert, key, ca, expiresAt: new Date(new X509Certificate(cert).validTo) }
    },
    {
      refused: (error) => log.warn({ err: error, certFile }, 'the new certificate cannot be used'),
      ...(checkMs === undefined ? {} : { checkMs }),
    },
  )
  tls.onChange(({ expiresAt }) => log.info({ certFile, expiresAt }, 'the certificate was replaced'))
  return tls
}

/** Trusts these CAs beside those of the system, in every connection of the process that names none of its own. */
export function trustCas(paths: string[], log: Pick<Log, 'info' | 'warn'>): WatchedFiles<string[]> {
  const system = getCACertificates('default')
  const trusted = watchFiles(
    paths,
    (contents) => contents.flatMap((text, nth) => certificatesIn(text, paths[nth]!)),
    { refused: (error) => log.warn({ err: error }, 'the new CAs cannot be used') },
  )
  const trust = (ours: string[]) => setDefaultCACertificates([...system, ...ours])
  trust(trusted.current())
  trusted.onChange(trust)
  return trusted
}

function certificatesIn(text: string, path: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (found.length === 0) throw new Error(`${path} has no certificate (PEM)`)
  for (const one of found) new X509Certificate(one)
  return found
}
