// How many files are received at once: nobody takes the places of others.
import { EventEmitter } from 'node:events'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { expect, it } from 'vitest'
import { createUploadLimit } from './upload-limit.ts'

/** Sends files that are not complete until they are ended. */
function sender() {
  const limit = createUploadLimit()
  return (ip: string) => {
    const raw = new EventEmitter()
    const refusals: unknown[] = []
    limit({ ip } as FastifyRequest, { raw } as FastifyReply, (refusal) => refusals.push(refusal))
    return { isTaken: refusals[0] === undefined, end: () => raw.emit('close') }
  }
}

it('who has not signed in takes no place of another network', () => {
  const send = sender()
  const strangers = [1, 2, 3].map(() => send('203.0.113.7'))
  expect(strangers.map(({ isTaken }) => isTaken)).toEqual([true, true, false])
  expect(send('198.51.100.1').isTaken).toBe(true)
  strangers[0]!.end()
  expect(send('203.0.113.7').isTaken).toBe(true)
  expect(send('203.0.113.7').isTaken).toBe(false)
})

it('and all of them leave places for whoever has', () => {
  const send = sender()
  const taken = Array.from({ length: 20 }, (_, n) => send(`203.0.${n}.7`)).filter(({ isTaken }) => isTaken)
  expect(taken).toHaveLength(8)
  taken[0]!.end()
  expect(send('198.51.100.1').isTaken).toBe(true)
})
