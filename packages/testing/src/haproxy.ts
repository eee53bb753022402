// HAProxy in front of several servers of a kind, on loopback.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launch, need, untilListening, type Launched } from './servers.ts'

type Proxied = {
  /** Of the section, and of its files. */
  name: string
  port: number
  servers: { name: string; port: number; checkPort?: number }[]
  /** Asked of each server's `checkPort`: who answers with 200 gets connections. Otherwise whoever takes one. */
  check?: string
}

const startMs = 10_000

/** Connections go to servers that answer, and are cut when one answers no more. */
export async function startProxy(folder: string, { name, port, servers, check }: Proxied): Promise<Launched> {
  const lines = [
    ...['global', '  maxconn 1000'],
    ...['defaults', '  mode tcp', '  retries 2', '  timeout connect 2s', '  timeout check 1s'],
    ...['  timeout client 30m', '  timeout server 30m'],
    ...[`listen ${name}`, `  bind 127.0.0.1:${port}`],
    ...(check ? [`  option httpchk OPTIONS ${check}`, '  http-check expect status 200'] : []),
    '  default-server inter 250ms fall 2 rise 1 on-marked-down shutdown-sessions',
    ...servers.map(
      (one) =>
        `  server ${one.name} 127.0.0.1:${one.port} check port ${one.checkPort ?? one.port} maxconn 300`,
    ),
  ]
  const config = join(folder, `${name}-proxy.cfg`)
  await writeFile(config, `${lines.join('\n')}\n`)
  const proxy = launch(need('haproxy'), ['-f', config], join(folder, `${name}-proxy.log`))
  await untilListening(proxy, port, startMs)
  return proxy
}
