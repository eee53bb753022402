// How many files the gateway receives at once: each is held in memory until it is complete.
import { Problem } from '@bahi/contracts/problem.ts'
import { networkOf } from '@bahi/kit/http/addresses.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { verifiedOf } from '../access/authorise-request.ts'

/** Of the process: so many times the size of a file in memory. */
const maxAtOnce = 16
/** Of one person, or of one network without one, so that nobody takes the places of others. */
const maxOfOne = 2
/** Of all without a person: the key of a feed is verified behind the gateway, once the file is complete. */
const maxWithoutPerson = 8

/** A hook behind the authorisation. Throws `overloaded`, before the body is read. */
export function createUploadLimit() {
  const bySender = new Map<string, number>()
  let [all, withoutPerson] = [0, 0]
  return (request: FastifyRequest, reply: FastifyReply, done: (refusal?: Error) => void): void => {
    const person = verifiedOf(request)?.principal.userId
    const sender = person ?? networkOf(request.ip)
    const own = bySender.get(sender) ?? 0
    const isAnonymous = person === undefined
    if (all >= maxAtOnce || own >= maxOfOne || (isAnonymous && withoutPerson >= maxWithoutPerson))
      return done(new Problem('overloaded', 'other files are being sent', { retryAfterS: 2 }))
    const count = (by: 1 | -1) => {
      all += by
      if (isAnonymous) withoutPerson += by
      const left = (bySender.get(sender) ?? 0) + by
      if (left === 0) bySender.delete(sender)
      else bySender.set(sender, left)
    }
    count(1)
    reply.raw.once('close', () => count(-1))
    done()
  }
}
