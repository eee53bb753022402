// Finds codes in a stranger's picture: in a thread of its own, which is ended when it takes too long.
import { Worker } from 'node:worker_threads'
import { Problem } from '@bahi/contracts/problem.ts'

/** The texts of all codes. Throws `code-invalid` for no picture, or one that is too large; `overloaded`. */
export type DecodePicture = (bytes: Buffer) => Promise<string[]>

const maxPixels = 4_000_000
const maxWaiting = 16
const timeoutMs = 3_000
/** On a busy machine the thread takes seconds to start; no fault of the picture. */
const startTimeoutMs = 30_000

export function createPictureDecoder({
  thread = new URL('./picture-thread.ts', import.meta.url),
  limitMs = timeoutMs,
} = {}): DecodePicture & { close(): Promise<void> } {
  let worker: Worker | undefined
  let isReady = false
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  /** One picture at a time, by one thread that is kept. */
  async function decode(bytes: Buffer): Promise<string[]> {
    worker ??= new Worker(thread)
    const own = worker
    own.unref()
    const answer = Promise.withResolvers<string[]>()
    const fail = () => answer.reject(new Problem('code-invalid', 'this picture cannot be read'))
    const isLate = () =>
      answer.reject(new Problem('overloaded', 'no picture can be read now', { retryAfterS: 1 }))
    let timer = setTimeout(isLate, startTimeoutMs)
    const ask = () => {
      isReady = true
      clearTimeout(timer)
      timer = setTimeout(fail, limitMs)
      own.postMessage(bytes)
    }
    const take = (said: string[] | 'ready' | undefined) =>
      said === 'ready' ? ask() : said ? answer.resolve(said) : fail()
    try {
      own.on('message', take).on('error', fail)
      if (isReady) ask()
      return await answer.promise
    } catch (error) {
      // Whatever it is still doing, it does no more.
      worker = undefined
      isReady = false
      await own.terminate()
      throw error
    } finally {
      clearTimeout(timer)
      // These alone: without listeners of its own the thread is heard no more.
      own.off('message', take).off('error', fail)
    }
  }

  const decoder = async (bytes: Buffer): Promise<string[]> => {
    const size = sizeOf(bytes)
    if (!size) throw new Problem('code-invalid', 'this is no PNG or JPEG')
    if (size.width * size.height > maxPixels)
      throw new Problem('code-invalid', `a picture may have ${maxPixels} points at most`)
    if (waiting >= maxWaiting)
      throw new Problem('overloaded', 'too many pictures are being read', { retryAfterS: 1 })
    waiting += 1
    const turn = last.then(() => decode(bytes))
    last = turn.catch(() => undefined)
    return turn.finally(() => (waiting -= 1))
  }
  return Object.assign(decoder, {
    async close() {
      await last
      await worker?.terminate()
    },
  })
}

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** Width and height as the picture's header says: read before anything is unpacked. Undefined: no PNG or JPEG. */
export function sizeOf(bytes: Buffer): { width: number; height: number } | undefined {
  if (bytes.subarray(0, 8).equals(png)) {
    if (bytes.length < 24) return undefined
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  }
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  // Segments of JPEG: a marker, then its length. SOF0 to SOF15 have the size, except DHT, JPG and DAC.
  for (let at = 2; at + 9 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at += 1
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
