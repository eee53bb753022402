// Stories of apps that act for their owner by their own credentials: what the owner granted, and asking for payments.
import { declineRequest, listRequests, showRequest, type RequestView } from '@bahi/contracts/requests.ts'
import { cibaGrant } from '@bahi/contracts/oauth.ts'
import {
  disconnectApp,
  listOwnClients,
  registerOwnClient,
  removeClient,
  removeOwnClient,
  renewOwnClientSecret,
} from '@bahi/contracts/oauth-apps.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { pay, type Customer, type SignedInPerson } from '@bahi/platform/api-client.ts'
import * as client from 'openid-client'
import { describe, expect, it, vi } from 'vitest'
import { basic, errorOf, outcome, type registerApp } from './relying-party.ts'
import type { RunningPlatform } from '@bahi/platform/testing-platform.ts'

type World = {
  platform: RunningPlatform
  operator: SignedInPerson
  registered(more: Parameters<typeof registerApp>[1]): Promise<client.Configuration>
  /** Whoever connects the app, to what it asks for. */
  connected(
    config: client.Configuration,
    person: SignedInPerson,
    more?: Record<string, string>,
  ): Promise<unknown>
  api(token: string, path: string): Promise<Response>
  post(path: string, form: Record<string, string>, headers: Record<string, string>): Promise<Response>
}

export function describeOwnersApps(world: () => World): void {
  it('an app of an owner acts for them by its own credentials, once they connected it, as long', async () => {
    const { platform, operator, registered, connected, api } = world()
    const shop = await platform.customer()
    const service = { grant_types: ['authorization_code', 'client_credentials'] }
    await expect(registered(service)).rejects.toThrow()
    const named = { ...service, owner_id: shop.userId }
    await expect(registered({ ...named, grant_types: ['client_credentials'] })).rejects.toThrow()
    const own = await registered(named)
    const grant = (as = own) => client.clientCredentialsGrant(as, { scope: 'payments:read accounts:read' })
    expect(await outcome(grant())).toBe('unauthorized_client')
    await connected(own, await platform.person())
    expect(await outcome(client.clientCredentialsGrant(own))).toBe('unauthorized_client')
    const byId = { params: { clientId: own.clientMetadata().client_id } }
    for (const end of [() => shop.call(disconnectApp, byId), () => operator.call(removeClient, byId)]) {
      await connected(own, shop)
      const { access_token: token } = await grant()
      expect((await api(token, '/v1/payments')).status).toBe(200)
      // Registered for, and not granted.
      expect((await api(token, '/v1/accounts')).status).toBe(403)
      await end()
      await vi.waitFor(async () => expect((await api(token, '/v1/payments')).status).toBe(401))
      expect(await outcome(grant())).toMatch(/^(unauthorized|invalid)_client$/)
    }
    expect(await outcome(client.clientCredentialsGrant(own))).toBe('invalid_client')
    expect(await outcome(grant(await registered({})))).toBe('invalid_request')
  })

  it('a merchant registers apps of their own, which act for them at once, and nobody else does', async () => {
    const { platform, api, post } = world()
    const shop = await platform.customer()
    const register = (body: Partial<Input<typeof registerOwnClient>['body']> = {}) =>
      shop.call(registerOwnClient, {
        body: {
          ...{ label: 'Counter 1', scopes: ['payments:read'], asksForPayments: false },
          ...{ stepUp: { password: shop.password }, ...body },
        },
      })
    expect(await outcome(register())).toMatch(/may not/)
    await platform.asSandbox(grantRole, { params: { userId: shop.userId }, body: { role: 'merchant' } })
    const { client: own, clientSecret } = await register()
    expect(own).toMatchObject({ name: `${shop.name} · Counter 1`, grantTypes: ['client_credentials'] })
    const basic = (secret: string) => `Basic ${Buffer.from(`${own.clientId}:${secret}`).toString('base64')}`
    const form = { grant_type: 'client_credentials', scope: 'payments:read' }
    const token = async (secret: string) => {
      const answer = await post('/v1/oauth/token', form, { authorization: basic(secret) })
      return ((await answer.json()) as { access_token?: string }).access_token ?? ''
    }
    const given = await token(clientSecret)
    expect((await api(given, '/v1/payments')).status).toBe(200)
    expect((await api(given, '/v1/oauth/own-clients')).status).toBe(403)
    const params = { clientId: own.clientId }
    const stepUp = { password: shop.password }
    const { clientSecret: renewed } = await shop.call(renewOwnClientSecret, { params, body: { stepUp } })
    expect(await token(clientSecret)).toBe('')
    expect((await api(await token(renewed), '/v1/payments')).status).toBe(200)
    // No staff, and nobody's but their own.
    expect((await api(shop.token(), '/v1/oauth/clients')).status).toBe(403)
    expect(await outcome(register({ asksForPayments: true }))).toMatch(/requests:create/)
    expect(await outcome(register({ stepUp: { password: 'guessed wrong' } }))).toMatch(/password/i)
    const asking = await register({ scopes: ['requests:create'], asksForPayments: true })
    expect(asking.client.grantTypes).toContain(cibaGrant)
    // Of many at once some are refused for the proofs that are being checked.
    await Promise.allSettled(Array.from({ length: 12 }, (_, n) => register({ label: `Till ${n}` })))
    let last: unknown = 'taken'
    for (let n = 0; last === 'taken'; n++) last = await outcome(register({ label: `Desk ${n}` }))
    expect(last).toMatch(/10 apps/)
    expect((await shop.call(listOwnClients, {})).clients).toHaveLength(10)
    await shop.call(removeOwnClient, { params })
    expect(await token(renewed)).toBe('')
    await vi.waitFor(async () => expect((await api(given, '/v1/payments')).status).toBe(401))
    const other = await platform.person()
    await platform.asSandbox(grantRole, { params: { userId: other.userId }, body: { role: 'merchant' } })
    const theirs = { params: { clientId: asking.client.clientId } }
    await expect(other.call(removeOwnClient, theirs)).rejects.toMatchObject({ code: 'not-found' })
  })

  describe('an app that asks a person for a payment', () => {
    let shop: Customer
    let payer: Customer
    let app: client.Configuration
    const grants = { grant_types: ['authorization_code', cibaGrant] }
    const scope = 'openid requests:create requests:read'
    const wanted = (more: object = {}) => [
      { type: 'upi_payment', payee_vpa: shop.vpa, amount_paise: 250_00, reference: 'Order 7', ...more },
    ]
    const ask = (form: Record<string, string> = {}, details: object[] = wanted(), as = app) =>
      client.initiateBackchannelAuthentication(as, {
        scope: 'openid',
        login_hint: payer.vpa,
        authorization_details: JSON.stringify(details),
        ...form,
      })
    const poll = (id: string, as = app) =>
      world().post('/v1/oauth/token', { grant_type: cibaGrant, auth_req_id: id }, basic(as))
    const polled = async (id: string, as = app) => errorOf(await poll(id, as))
    const received = async (): Promise<RequestView> =>
      (await payer.call(listRequests, { querystring: { direction: 'received', limit: 1 } })).requests[0]!
    const approve = ({ id, amountPaise }: RequestView) =>
      pay(payer, { payeeVpa: shop.vpa, amountPaise, initiation: { origin: { kind: 'request', id } } })

    it('is let by its owner, who is paid, once they connected it', async () => {
      const { platform, registered, connected } = world()
      ;[shop, payer] = [await platform.customer(), await platform.customer()]
      await expect(registered({ ...grants, scope })).rejects.toThrow()
      const named = { ...grants, owner_id: shop.userId }
      await expect(registered({ ...named, scope: 'openid payments:read' })).rejects.toThrow()
      app = await registered({ ...named, scope })
      expect(await outcome(ask())).toBe('unauthorized_client')
      await connected(app, shop, { scope: 'openid requests:read' })
      expect(await outcome(ask())).toBe('unauthorized_client')
      await connected(app, shop, { scope })
    })

    it('shows it to them, is told nothing before the PIN, and gets one token for the one payment', async () => {
      const { auth_req_id: id, expires_in: life } = await ask()
      expect(life).toBe(600)
      expect(await polled(id)).toBe('authorization_pending')
      const request = await received()
      expect(request).toMatchObject({
        ...{ status: 'pending', amountPaise: 250_00, app: { name: 'Khata', reference: 'Order 7' } },
        payee: { vpa: shop.vpa },
      })
      const payments = await Promise.allSettled([approve(request), approve(request)])
      const settled = payments.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      expect(settled.map(({ status }) => status)).toEqual(['settled'])
      const paid = { ...wanted()[0], payment_id: settled[0]!.id, status: 'paid' }
      const answers = await Promise.all(Array.from({ length: 20 }, () => poll(id)))
      const tokens = answers.filter(({ status }) => status === 200)
      expect(tokens).toHaveLength(1)
      const token = (await tokens[0]!.json()) as { authorization_details: object[]; refresh_token?: string }
      expect(token.authorization_details).toEqual([paid])
      expect(token.refresh_token).toBeUndefined()
      expect(await polled(id)).toBe('invalid_grant')
    })

    it('by the phone too, and the token says whom the app asked, and no more', async () => {
      const { platform, api } = world()
      const { auth_req_id: id } = await ask({ login_hint: payer.phone })
      const rows = await platform.admin`select r::text as row from auth.oauth_records r`
      expect(JSON.stringify(rows)).not.toContain(payer.phone)
      await approve(await received())
      const tokens = (await (await poll(id)).json()) as { access_token: string; id_token: string }
      const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1]!, 'base64url').toString()) as object
      expect(claims).toMatchObject({ sub: payer.userId, aud: app.clientMetadata().client_id })
      expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sub'])
      for (const path of ['/v1/payments', '/v1/requests', '/v1/accounts'])
        expect((await api(tokens.access_token, path)).status).toBe(403)
    })

    it('is told of a no, and of a time that is over', async () => {
      const { auth_req_id: declined } = await ask()
      const { id } = await received()
      await payer.call(declineRequest, { params: { id }, body: { block: false } })
      expect(await polled(declined)).toBe('access_denied')
      const { auth_req_id: late, expires_in: life } = await ask({ requested_expiry: '119' })
      const { createdAt, expiresAt } = await received()
      // Otherwise the time in between tells who exists.
      expect([life, Date.parse(expiresAt) - Date.parse(createdAt)]).toEqual([120, 120_000])
      const { admin } = world().platform
      await admin`update auth.oauth_records set payload = jsonb_set(payload, '{exp}', '1')
        where kind = 'BackchannelAuthenticationRequest'`
      expect(await polled(late)).toBe('expired_token')
      // What was paid in time is told then too.
      await approve(await received())
      expect((await poll(late)).status).toBe(200)
    })

    it('cannot tell whether there is such a person, or whether they block its owner', async () => {
      const blocking = await world().platform.customer()
      await ask({ login_hint: blocking.vpa })
      const { requests } = await blocking.call(listRequests, { querystring: {} })
      await blocking.call(declineRequest, { params: { id: requests[0]!.id }, body: { block: true } })
      for (const hint of [
        payer.vpa,
        blocking.vpa,
        'nobody@bahi',
        'shop@elsewhere',
        '+919000000000',
        shop.phone,
      ]) {
        const answer = await ask({ login_hint: hint })
        expect(Object.keys(answer).sort()).toEqual(['auth_req_id', 'expires_in'])
        expect([hint, await polled(answer.auth_req_id)]).toEqual([hint, 'authorization_pending'])
      }
      const left = await blocking.call(listRequests, { querystring: { status: 'pending' } })
      expect(left.requests).toEqual([])
    })

    it.each<
      [why: string, form: Record<string, string>, details: (() => object[]) | undefined, error: string]
    >([
      ['nobody named', { login_hint: '' }, undefined, 'invalid_request'],
      ['somebody named otherwise', { login_hint: 'asha' }, undefined, 'invalid_request'],
      ['no payment', {}, () => [], 'invalid_authorization_details'],
      ['two payments', {}, () => [...wanted(), ...wanted()], 'invalid_authorization_details'],
      ['another type', {}, () => [{ type: 'upi_mandate' }], 'invalid_authorization_details'],
      ['no amount', {}, () => wanted({ amount_paise: 0 }), 'invalid_authorization_details'],
      ['half a paisa', {}, () => wanted({ amount_paise: 0.5 }), 'invalid_authorization_details'],
      ['an amount as text', {}, () => wanted({ amount_paise: '25000' }), 'invalid_authorization_details'],
      [
        'more than the rules permit',
        {},
        () => wanted({ amount_paise: 2_000_01 }),
        'invalid_authorization_details',
      ],
      [
        'a payee that is not its owner',
        {},
        () => wanted({ payee_vpa: payer.vpa }),
        'invalid_authorization_details',
      ],
      ['something unknown', {}, () => wanted({ payer: 'x' }), 'invalid_authorization_details'],
      ['text that turns around', {}, () => wanted({ note: '\u202e' }), 'invalid_authorization_details'],
      ['a permission besides', { scope: 'openid requests:read' }, undefined, 'invalid_scope'],
      ['a message to both screens', { binding_message: 'W4SCT' }, undefined, 'invalid_binding_message'],
      ['no time', { requested_expiry: '0' }, undefined, 'invalid_request'],
    ])('is refused %s', async (_why, form, details, error) => {
      expect(await outcome(ask(form, details?.() ?? wanted()))).toBe(error)
    })

    it('is alone in what it asked, asks where it is answered, and not without end', async () => {
      const { registered, connected } = world()
      const other = await registered({ ...grants, scope, owner_id: payer.userId })
      const plain = await registered({})
      const { auth_req_id: id } = await ask()
      expect(await polled(id, other)).toBe('invalid_grant')
      expect(await polled(id, plain)).toBe('invalid_request')
      expect(await polled('guessed')).toBe('invalid_grant')
      expect(await outcome(ask({}, wanted(), plain))).toBe('invalid_request')
      const details = JSON.stringify(wanted())
      await expect(connected(app, shop, { scope, authorization_details: details })).rejects.toMatchObject({
        error: 'invalid_authorization_details',
      })
      const hint = { login_hint: '+919000000001' }
      for (let n = 0; n < 10; n++) await ask(hint)
      expect(await outcome(ask(hint))).toBe('temporarily_unavailable')
      const { id: open } = await received()
      expect(await payer.call(showRequest, { params: { id: open } })).toMatchObject({ status: 'pending' })
    })
  })
}
