// How many files the gateway receives at once: each is held in memory until it is complete.
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { verifiedOf } from '../access/authorise-request.ts'

/** Of the process: so many times the size of a file in memory. */
const maxAtOnce = 16
/** Of one person, so that nobody takes the places of others. */
const maxOfPerson = 2

/** A hook behind the authorisation. Throws `overloaded`, before the body is read. */
export function createUploadLimit() {
  const byPerson = new Map<string, number>()
  let all = 0
  return (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void => {
    const person = verifiedOf(request)?.principal.userId ?? ''
    const own = byPerson.get(person) ?? 0
    if (all >= maxAtOnce || own >= maxOfPerson)
      return done(new Problem('overloaded', 'other files are being sent', { retryAfterS: 2 }))
    all += 1
    byPerson.set(person, own + 1)
    reply.raw.once('close', () => {
      all -= 1
      const left = byPerson.get(person)! - 1
      if (left === 0) byPerson.delete(person)
      else byPerson.set(person, left)
    })
    done()
  }
}
