// The scanner with a real ClamAV daemon: what it finds, and what happens when it gives no verdict.
import { startClamd } from '@bahi/testing/clamd.ts'
import { ensureServers, type Server } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clamdScan } from './scan.ts'
import { hostileFile, hostileKinds } from './testing-files.ts'

const { missing } = await ensureServers(['clamd'])

describe.skipIf(missing.length > 0 && process.env['CI'] !== 'true')('a ClamAV daemon', () => {
  let clamd: Server
  beforeAll(async () => void (clamd = await startClamd()))
  afterAll(() => clamd.stop())

  it('finds a virus alone, in a comment, behind a picture and within a PDF, and in nothing else', async () => {
    const scan = clamdScan(clamd.url)
    const infected = Object.keys(hostileKinds).filter((kind) => hostileKinds[kind]!.may.includes('infected'))
    expect(infected.length).toBeGreaterThan(4)
    for (const kind of [...infected, 'plain jpeg', 'plain pdf', 'jpeg with a zip after it']) {
      const verdict = infected.includes(kind) ? 'infected' : 'clean'
      expect([kind, await scan(await hostileFile(kind, 1))]).toEqual([kind, verdict])
    }
  })

  it('takes the largest file that there may be; of a larger one there is no verdict', async () => {
    const scan = clamdScan(clamd.url)
    expect(await scan(Buffer.alloc(10 * 1_048_576, 'a'))).toBe('clean')
    // It hangs up while the rest is being sent.
    await expect(scan(Buffer.alloc(12 * 1_048_576, 'a'))).rejects.toThrow(/size limit|EPIPE|ECONNRESET/)
  })

  it('that takes too long, or is not there, gives no verdict', async () => {
    process.kill(clamd.pid, 'SIGSTOP')
    await expect(clamdScan(clamd.url, 300)(Buffer.from('a'))).rejects.toThrow('took too long')
    process.kill(clamd.pid, 'SIGCONT')
    expect(await clamdScan(clamd.url)(Buffer.from('a'))).toBe('clean')
    await clamd.stop()
    await expect(clamdScan(clamd.url)(Buffer.from('a'))).rejects.toThrow('ECONNREFUSED')
  })
})
