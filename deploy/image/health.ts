// The health check of a container: whether its process is ready, asked at its own admin port.
import { settingOf } from '@bahi/kit/runtime/environment.ts'

const port = settingOf('BAHI_ADMIN_PORT', process.env) ?? '8082'
const host = settingOf('BAHI_ADMIN_HOST', process.env) ?? '127.0.0.1'
const timeoutMs = 4_000

try {
  const answer = await fetch(`http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/readyz`, {
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await answer.text()
  if (!answer.ok) console.log(text)
  process.exitCode = answer.ok ? 0 : 1
} catch (error) {
  console.log(String(error))
  process.exitCode = 1
}
