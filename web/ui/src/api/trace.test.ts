// Which requests of the app are one trace.
import { beforeEach, expect, test, vi } from 'vitest'
import { attemptMs, traceHeaders } from './trace.ts'

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

const one = '01994c00-0000-7000-8000-000000000001'
const other = '01994c00-0000-7000-8000-000000000002'
const sent = (method: string, path: string) => traceHeaders(method, path).traceparent

test('a request says where it belongs, and not that it is recorded', () => {
  expect(sent('GET', '/v1/me')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect(sent('GET', '/v1/me')).not.toBe(sent('GET', '/v1/me'))
})

test('an attempt is one trace: sent again, and asked about until its outcome is known', () => {
  const first = sent('PUT', `/v1/payments/${one}`)
  sent('GET', '/v1/me')
  expect(sent('PUT', `/v1/payments/${one}`)).toBe(first)
  expect(sent('GET', `/v1/payments/${one}`)).toBe(first)
  expect(sent('GET', `/v1/payments/${one}/receipt`)).toBe(first)
})

test.each([
  ['another', 'GET', `/v1/payments/${other}`],
  ['a list that names it', 'GET', `/v1/payments?after=${one}`],
  ['a change', 'POST', `/v1/payments/${one}/dispute`],
])('%s is no part of it', (_what, method, path) => {
  const first = sent('PUT', `/v1/payments/${one}`)
  expect(sent(method, path)).not.toBe(first)
})

test('what is looked at later, or tried later, is a trace of its own', () => {
  const first = sent('PUT', `/v1/payments/${one}`)
  vi.advanceTimersByTime(attemptMs)
  expect(sent('GET', `/v1/payments/${one}`)).not.toBe(first)
  const again = sent('PUT', `/v1/payments/${one}`)
  expect(again).not.toBe(first)
  expect(sent('GET', `/v1/payments/${one}`)).toBe(again)
  sent('PUT', `/v1/payments/${other}`)
  expect(sent('GET', `/v1/payments/${one}`)).not.toBe(again)
})
