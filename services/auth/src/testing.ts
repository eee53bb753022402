// For tests: auth on its own database, with stubs of the services it calls and an adjustable clock.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import * as auth from '@bahi/contracts/auth.ts'
import type { Call, Input, Output } from '@bahi/contracts/call.ts'
import { stopPaymentsOf } from '@bahi/contracts/controls.ts'
import { notifyOldPhone, sendNotice, sendSecret } from '@bahi/contracts/notification.ts'
import { type Problem, toDocument, type ProblemDocument } from '@bahi/contracts/problem.ts'
import { profilesOf, type createProfile } from '@bahi/contracts/user.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { clientNetworkHeaderName, deviceKeyHeaderName } from '@bahi/kit/http/principal.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testPlatform, type TestOptions } from '@bahi/testing/platform.ts'
import { vi } from 'vitest'
import { service } from './app.ts'

type Sent = Input<typeof sendSecret>['body']
type Profile = Input<typeof createProfile>['body'] & { userId: string }

/** Fast enough for tests, and not the default, so that tests see the setting take effect. */
export const testEnv = {
  BAHI_ARGON2_MEMORY_KIB: '64',
  BAHI_REVOKED_NUMBERS_KEY: 'the-key-of-the-feed-of-these-tests',
  BAHI_PASSKEY_RP_ID: 'bahi.example',
  BAHI_PASSKEY_ORIGINS: 'https://pay.bahi.example, https://console.bahi.example',
}
export const goodPassword = 'khata-kholo-2026'

export async function startAuth(postgresUrl: string, options: Pick<TestOptions, 'mode'> = {}) {
  const clock = adjustableClock()
  const sent: Sent[] = []
  const profiles: Profile[] = []
  const events: CloudEvent[] = []
  /** Set to have calls to that service refused. */
  const fails: { notification?: Problem; user?: Problem; payment?: Problem; account?: Problem } = {}
  /** Whose payments payment was asked to stop. */
  const stopped: string[] = []
  /** Phones that were told that their person has another one now, and who learned the new phone of whom. */
  const oldPhones: string[] = []
  const noticeIds = new Set<string>()
  const moved: string[] = []
  /** The verified e-mail of people, and what was mailed. */
  const emails = new Map<string, string>()
  const mails: Input<typeof sendNotice>['body'][] = []
  /** Whom payment and account were asked to freeze, or to free. */
  const frozen: string[] = []
  let phones = 9_000_000_000

  const bus = memoryBus({ clock })
  const cache = memoryCache({ clock })
  await bus.listen(['auth'], (batch) => void events.push(...batch))
  const platform = await testPlatform(postgresUrl, {
    ...options,
    services: [service],
    env: testEnv,
    clock,
    bus,
    cache,
    stubs: (name, request) => {
      const problem = fails[name as keyof typeof fails]
      if (problem) return Promise.resolve(answer(problem.status, toDocument(problem)))
      const body = JSON.parse(request.body as string) as unknown
      if (request.path === sendSecret.url) {
        sent.push(body as Sent)
        return Promise.resolve(answer(202, { id: (body as Sent).id }))
      }
      if (request.path === sendNotice.url) {
        mails.push(body as (typeof mails)[number])
        return Promise.resolve(answer(202, { id: (body as { id: string }).id }))
      }
      if (request.path === notifyOldPhone.url) {
        const { id, phone } = body as Input<typeof notifyOldPhone>['body']
        // As notification does: the same id is sent once.
        if (!noticeIds.has(id)) oldPhones.push(phone)
        noticeIds.add(id)
        return Promise.resolve(answer(202, { id }))
      }
      const userIdOf = /[/]([^/]+)[/]phone(-changed)?$/.exec(request.path)?.[1]
      if (userIdOf !== undefined) {
        moved.push(`${name} ${userIdOf} ${(body as { phone: string | null }).phone}`)
        return Promise.resolve(answer(200, { userId: userIdOf }))
      }
      const frozenId = /[/]([^/]+)[/]frozen$/.exec(request.path)?.[1]
      if (frozenId !== undefined) {
        const { frozen: isFrozen } = body as { frozen: boolean }
        frozen.push(`${name} ${frozenId} ${isFrozen ? 'frozen' : 'free'}`)
        return Promise.resolve(answer(200, { userId: frozenId, frozen: isFrozen }))
      }
      if (request.path === stopPaymentsOf.url) {
        stopped.push((body as { userId: string }).userId)
        return Promise.resolve(answer(200, body as Record<string, unknown>))
      }
      if (request.path === profilesOf.url) {
        const [userId = ''] = (body as Input<typeof profilesOf>['body']).userIds
        const profile = profiles.findLast((one) => one.userId === userId)
        const email = emails.has(userId) ? { email: emails.get(userId)! } : {}
        return Promise.resolve(
          answer(200, { profiles: profile ? [{ ...profileOf(profile), ...email }] : [] }),
        )
      }
      const userId = request.path.split('/').at(-1)!
      profiles.push({ ...(body as Profile), userId })
      return Promise.resolve(answer(200, { userId }))
    },
  })
  /** Whose refresh tokens are which device's. */
  const keys = new Map<string, string>()
  /** As the gateway forwards a call whose device proved its key: that of `device`, or of the refresh token. */
  const anybody: Call = async (contract, input, more) => {
    const { device, refreshToken } = (input as { body?: { device?: { id: string }; refreshToken?: string } })
      .body ?? { device: undefined }
    const key = device ? keyOf(device.id) : keys.get(refreshToken ?? '')
    const headers = { ...(key === undefined ? {} : { [deviceKeyHeaderName]: key }), ...more?.headers }
    const output = await platform.anybody(contract, input, { headers })
    const next = (output as { refreshToken?: string } | undefined)?.refreshToken
    if (key !== undefined && next !== undefined) keys.set(next, key)
    return output
  }

  /** Calls as the gateway forwards them from a network. */
  const from =
    (network: string): Call =>
    (contract, input, more) =>
      anybody(contract, input, { headers: { ...more?.headers, [clientNetworkHeaderName]: network } })

  /** Requests a code and reads it from what was sent. */
  async function codeFor(phone: string, purpose: auth.CodePurpose = 'sign-in'): Promise<string> {
    await anybody(auth.requestOtp, { body: { phone, purpose } })
    return sent.findLast((secret) => secret.phone === phone)!.values['otp']!
  }
  const registration = (phone: string, otp: string) => ({
    phone,
    otp,
    name: 'Asha Rao',
    password: goodPassword,
    device: { id: 'device-1', name: 'Pixel' },
  })
  /** A phone that no test has used yet. */
  const newPhone = () => `+91${++phones}`
  return {
    platform,
    clock,
    cache,
    sent,
    profiles,
    fails,
    stopped,
    oldPhones,
    moved,
    emails,
    mails,
    frozen,
    anybody,
    from,
    codeFor,
    registration,
    newPhone,
    async registered(phone = newPhone()) {
      const body = registration(phone, await codeFor(phone, 'register'))
      return { phone, tokens: await anybody(auth.register, { body }) }
    },
    /** What `begin` began while another transaction held what `hold` takes, and so many waited for that. */
    meanwhile: <T>(hold: (tx: Tx) => Promise<unknown>, begin: () => Promise<T>[], waiting = 1) =>
      platform.database.admin.begin(async (tx) => {
        await hold(tx as Tx)
        const begun = { all: begin() }
        await vi.waitFor(async () => {
          const found = await platform.database.admin`
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
          if (found.length !== waiting) throw new Error(`${found.length} wait for a lock`)
        }, 20_000)
        return begun
      }) as Promise<{ all: Promise<T>[] }>,
    /** The events of a stream that auth published, oldest first. */
    async published(stream: string): Promise<Pick<CloudEvent, 'type' | 'data'>[]> {
      await platform.settle()
      return events.filter((e) => e.subject === stream).map(({ type, data }) => ({ type, data }))
    },
  }
}

/** The thumbprint of the key of a device of the tests. */
const keyOf = (deviceId: string): string => createHash('sha256').update(deviceId).digest('base64url')

/** As the gateway says that a device proved its key. */
export const provenBy = (deviceId: string): { headers: Record<string, string> } => ({
  headers: { [deviceKeyHeaderName]: keyOf(deviceId) },
})

function profileOf(profile: Profile): Output<typeof profilesOf>['profiles'][number] {
  return { ...profile, language: 'en', createdAt: '2026-11-23T09:30:00.000Z' }
}

function answer(status: number, body: ProblemDocument | Record<string, unknown>) {
  return { status, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) }
}

/** A wrong code. */
export function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0')
}
