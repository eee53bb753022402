// Hides what may be personal in an event's data. Pure: what is not known to be harmless is hidden.

/** Names of fields whose texts say nothing about a person. */
const harmless = new Set([
  'type',
  'code',
  'reason',
  'channel',
  'bank',
  'rrn',
  'txnId',
  'purpose',
  'status',
  'queue',
])
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const moment = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/
const hidden = '•••'

/** Ids, moments, numbers and codes stay; any other text is hidden, so that a new field is hidden until it is known. */
export function masked(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskedValue(name, value)]))
}

function maskedValue(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => maskedValue(name, one))
  if (typeof value === 'object' && value !== null) return masked(value as Record<string, unknown>)
  if (typeof value !== 'string' || harmless.has(name) || uuid.test(value) || moment.test(value)) return value
  return hidden
}
