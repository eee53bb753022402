// For tests: events as the bus delivers them.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'

/** Events of one stream: one for each version. */
export function batchOf(source: string, ...versions: number[]): CloudEvent[] {
  return versions.map((version) => ({
    specversion: '1.0',
    id: `${source}-${version}`,
    source: `/${source}`,
    type: 'thing.happened',
    subject: 'thing-1',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    bahiversion: version,
    bahiseq: version,
    data: { version, text: 'ü ₹ 😀' },
  }))
}
