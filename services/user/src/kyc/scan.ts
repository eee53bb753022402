// Asks a ClamAV daemon whether a file has a virus: its command INSTREAM, over TCP.
import { connect } from 'node:net'

/** Throws when the scanner cannot be asked: what is not scanned is not used. */
export type Scan = (bytes: Uint8Array) => Promise<'clean' | 'infected'>

const chunkBytes = 64 * 1024
const timeoutMs = 30_000
/** Far more than any answer. */
const maxAnswerBytes = 4_096

/** @param address host and port, `127.0.0.1:3310` */
export function clamdScan(address: string, limitMs = timeoutMs): Scan {
  const at = address.lastIndexOf(':')
  const target = {
    host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'),
    port: Number(address.slice(at + 1)),
  }
  return async (bytes) => verdictOf(await ask(target, bytes, limitMs))
}

function ask(target: { host: string; port: number }, bytes: Uint8Array, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(target)
    const timer = setTimeout(() => socket.destroy(new Error('the scanner took too long')), limitMs)
    const answer: Buffer[] = []
    let length = 0
    socket.on('connect', () => {
      socket.write('zINSTREAM\0')
      for (let from = 0; from < bytes.length; from += chunkBytes) {
        const chunk = bytes.subarray(from, from + chunkBytes)
        socket.write(lengthOf(chunk.length))
        socket.write(chunk)
      }
      socket.write(lengthOf(0))
    })
    socket.on('data', (data) => {
      answer.push(data)
      length += data.length
      if (length > maxAnswerBytes) socket.destroy(new Error('the scanner answers too much'))
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(answer).toString('latin1'))
    })
  })
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes)
  return length
}

/** `stream: OK`, `stream: Eicar-Test-Signature FOUND`; anything else is no verdict, and throws. */
function verdictOf(answer: string): 'clean' | 'infected' {
  const text = answer.replace(/\0.*$/s, '').trim()
  if (text === 'stream: OK') return 'clean'
  if (/^stream: .+ FOUND$/.test(text)) return 'infected'
  throw new Error(`the scanner gave no verdict: ${text.slice(0, 200)}`)
}
