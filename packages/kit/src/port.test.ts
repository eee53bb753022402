// Free ports: outside the range of outgoing connections, and checked.
import { createServer } from 'node:net'
import { once } from 'node:events'
import { createSocket } from 'node:dgram'
import { expect, it, onTestFinished } from 'vitest'
import { freePort, tryPort } from './port.ts'

it('a free port lies outside the range of outgoing connections', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort))
  // Linux begins at 32768, macOS and Windows at 49152.
  for (const port of ports) expect(port).toBeLessThan(32_768)
})

it('a port in use is refused', async () => {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  await expect(tryPort(port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

it('a port that was given is reserved before anybody listens on it', async () => {
  const other = createSocket('udp4')
  onTestFinished(() => void other.close())
  other.bind({ port: await freePort(), address: '127.0.0.1', exclusive: true })
  await expect(once(other, 'listening')).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
