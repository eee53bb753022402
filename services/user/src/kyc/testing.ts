// For tests: forms, and a virus scanner that speaks as much of clamd as INSTREAM needs.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** EICAR's test file. */
export const eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'

export type Scanner = { address: string; isBroken: boolean; close(): void }

export async function startScanner(): Promise<Scanner> {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      if (!received.subarray(-4).equals(Buffer.alloc(4))) return
      if (scanner.isBroken) return socket.end('stream: lstat() failed: ERROR\0')
      const isFound = received.toString('latin1').startsWith('zINSTREAM\0') && received.includes(eicar)
      socket.end(isFound ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const scanner: Scanner = { address, isBroken: false, close: () => void server.close() }
  return scanner
}

let nextPan = 1000
/** With a PAN of its own. */
export const newForm = () => ({
  name: 'Asha Rao',
  bornOn: '1990-04-12',
  pan: `ABCPR${nextPan++}F`,
  aadhaar: '2341 2341 2346',
  address: { line1: '12, Gandhi Road', city: 'Bengaluru', state: 'KA' as const, pinCode: '560001' },
})
