// A collector of traces on a port of this machine: it keeps every span that it is sent by OTLP over HTTP.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ReceivedSpan = {
  service: string
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string; intValue?: string } }[]
  status: { code?: number; message?: string }
  links?: { traceId: string; spanId: string }[]
}

type Request = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] }
    scopeSpans: { spans: Omit<ReceivedSpan, 'service'>[] }[]
  }[]
}

export async function startCollector(port = 0) {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Request
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')!.value.stringValue
        for (const scope of scopeSpans) spans.push(...scope.spans.map((span) => ({ service, ...span })))
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    named: (name: string) => spans.filter((span) => span.name === name),
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}

const nameOf = ({ service, name }: ReceivedSpan) => `${service} ${name}`

/** With how long it took. */
export function timed(span: ReceivedSpan): string {
  const nanoseconds = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)
  return `${nameOf(span)} ${(Number(nanoseconds) / 1e6).toFixed(1)} ms`
}

/** A line for each span, its parts below it and indented, in the order in which they began. */
export function treeOf(spans: ReceivedSpan[], show = nameOf): string[] {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const byParent = Map.groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : '',
  )
  const lines = (parent: string, depth: number): string[] =>
    (byParent.get(parent) ?? [])
      .sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)))
      .flatMap((span) => [`${'  '.repeat(depth)}${show(span)}`, ...lines(span.spanId, depth + 1)])
  return lines('', 0)
}
