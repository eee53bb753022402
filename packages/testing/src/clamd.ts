// A ClamAV daemon as installed on this machine, on loopback, with one signature: EICAR's test file, anywhere in a file.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claim, end, launch, need, untilListening, type Server, type ServerOptions } from './servers.ts'

const startMs = 20_000
const eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'

/** @returns `url` is host and port, as `BAHI_CLAMD` has them */
export async function startClamd(options: ServerOptions = {}): Promise<Server> {
  const program = need('clamd')
  const { dir, port, release } = await claim(options, 'clamd')
  const signatures = join(dir, 'signatures')
  await mkdir(signatures)
  // Name, any type of file, any place, bytes.
  await writeFile(join(signatures, 'test.ndb'), `Test.EICAR:0:*:${Buffer.from(eicar).toString('hex')}\n`)
  const settings = {
    ...{ TCPAddr: '127.0.0.1', TCPSocket: port, DatabaseDirectory: signatures, TemporaryDirectory: dir },
    ...{ Foreground: 'yes', StreamMaxLength: '11M', MaxThreads: 4 },
  }
  const file = join(dir, 'clamd.conf')
  await writeFile(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(''),
  )
  const server = launch(program, ['--config-file', file], join(dir, 'clamd.log'))
  const stop = async () => {
    await end(server.child)
    await release()
  }
  await untilListening(server, port, startMs).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { url: `127.0.0.1:${port}`, pid: server.child.pid!, stop }
}
