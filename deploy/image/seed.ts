// Makes the demo people of a sandbox that runs elsewhere, unless they are there; run with the sandbox's own settings.
import { systemClock } from '@bahi/kit/clock.ts'
import { createLog } from '@bahi/kit/log.ts'
import { TlsConfig, tlsOf } from '@bahi/kit/runtime/process-settings.ts'
import { httpTransport, type ServiceUrls } from '@bahi/kit/transport/http-transport.ts'
import { createTrust, type ServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { serviceCall } from '@bahi/kit/transport/transport.ts'
import { loadConfig, secretOf } from '@bahi/kit/runtime/config.ts'
import { defaultUrl, exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { isSeeded, seed } from '@bahi/platform/seed.ts'

const help = `seed --url <base>

Makes the demo people of a sandbox through its public API. BAHI_SIGNING_KEYS, BAHI_SERVICE_KEYS and BAHI_SERVICE_URLS
are the sandbox's, and BAHI_TLS_… where services call each other over TLS: it alone may hand out roles, and only with
BAHI_MODE=sandbox.

  --url <base>   the gateway (default http://127.0.0.1:8080)
  --files        files are kept (BAHI_BLOBS of user): KYC documents are sent too
  --help         this text`

const { values } = parseArguments(help, {
  url: { type: 'string', default: defaultUrl },
  files: { type: 'boolean' },
})

function json<T>(name: string): T {
  const text = secretOf(name, process.env)
  if (!text) exitWith(`${name} is missing`, 78)
  return JSON.parse(text) as T
}

if (await isSeeded(values.url)) console.log('the demo people are there')
else {
  const keys = {
    private: json<ServiceKeys['private']>('BAHI_SIGNING_KEYS'),
    public: json<ServiceKeys['public']>('BAHI_SERVICE_KEYS'),
  }
  const tls = tlsOf(loadConfig(TlsConfig, process.env), createLog('seed', 'warn'))
  const transport = httpTransport(json<ServiceUrls>('BAHI_SERVICE_URLS'), tls ? { tls } : {})
  await seed(
    values.url,
    serviceCall(transport, createTrust(keys, systemClock), 'sandbox'),
    values.files ?? false,
  )
  await transport.close()
  tls?.close()
  console.log('the demo people were made')
}
