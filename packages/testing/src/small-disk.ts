// A disk of its own that may be filled, and a real node_exporter that sees no other one. It is mounted where these two
// alone see it, and gone with the process.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claim, end, launch, need, untilListening, type Server, type ServerOptions } from './servers.ts'

export type SmallDisk = Server & {
  /** So much of it is used then, from 0 to 1; a file that was there for that is gone. */
  fill(share: number): Promise<void>
}

const bytes = 16 * 1_048_576
const startMs = 10_000

export async function startSmallDisk(options: ServerOptions = {}): Promise<SmallDisk> {
  const program = need('prometheus-node-exporter')
  const { dir, port, release } = await claim(options, 'disk')
  const [mounted, procfs] = [join(dir, 'data'), join(dir, 'proc')]
  await mkdir(mounted)
  await mkdir(join(procfs, '1'), { recursive: true })
  // Instead of those of the machine, whose own disks may be full.
  await writeFile(join(procfs, '1/mounts'), `tmpfs ${mounted.replaceAll(' ', '\\040')} tmpfs rw 0 0\n`)
  const asRoot = process.getuid?.() === 0
  const server = launch(
    'unshare',
    [
      ...(asRoot ? [] : ['--user', '--map-root-user']),
      ...['--mount', 'sh', '-c', `mount -t tmpfs -o size=${bytes} tmpfs "$0" && exec "$@"`, mounted],
      ...[program, '--collector.disable-defaults', '--collector.filesystem', `--path.procfs=${procfs}`],
      ...['--web.disable-exporter-metrics', `--web.listen-address=127.0.0.1:${port}`],
    ],
    join(dir, 'exporter.log'),
  )
  await untilListening(server, port, startMs)
  const file = `/proc/${server.child.pid}/root${mounted}/fills`
  return {
    ...{ url: `http://127.0.0.1:${port}`, pid: server.child.pid! },
    async fill(share) {
      await rm(file, { force: true })
      if (share > 0) await writeFile(file, Buffer.alloc(Math.floor(share * bytes)))
    },
    async stop() {
      await end(server.child)
      await release()
    },
  }
}
