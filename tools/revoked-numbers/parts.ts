// A list of disconnected numbers in parts that one upload takes.
import { createReadStream } from 'node:fs'

type Bounds = { maxRows: number; maxBytes: number }

/** As many whole lines as one upload takes. */
export async function* partsOf(
  path: string,
  { maxRows, maxBytes }: Bounds,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const lines: string[] = []
  let bytes = 0
  const take = () => new Uint8Array(Buffer.from(lines.splice(0).join('')))
  for await (const line of linesOf(path)) {
    const size = Buffer.byteLength(line)
    if (lines.length === maxRows || bytes + size > maxBytes) {
      yield take()
      bytes = 0
    }
    lines.push(line)
    bytes += size
  }
  if (lines.length > 0) yield take()
}

/** Each with its newline; the last one may have none. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/(?<=\n)/)
    rest = lines.at(-1)!.endsWith('\n') ? '' : lines.pop()!
    yield* lines
  }
  if (rest !== '') yield rest
}
