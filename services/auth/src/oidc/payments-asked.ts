// Apps ask people for payments (CIBA with RAR's `upi_payment`): each is a payment request of the app's owner, which the
// person pays in their own app with the PIN, or declines. The app polls, and gets a token once it is paid.
import { appRequestOutcome, askForApp, findPayer } from '@bahi/contracts/app-requests.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { vpaPattern } from '@bahi/contracts/formats.ts'
import { cibaGrant, UpiPayment } from '@bahi/contracts/oauth.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Problem, type ProblemCode } from '@bahi/contracts/problem.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import type Provider from 'oidc-provider'
import {
  errors,
  type CIBAConfiguration,
  type Client,
  type KoaContextWithOIDC,
  type RichAuthorizationRequestsActiveConfiguration,
} from 'oidc-provider'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { AuthDeps } from '../deps.ts'
import { personById } from '../people/store.ts'
import { countTry } from '../tries/store.ts'
import { askTries } from '../tries/tries.ts'
import { connectedScopes, grantOfOwner } from './grants.ts'

/** Whom an app names and we do not know: answered as for anybody, so that an app cannot look people up. */
export const nobody = 'nobody'

/** Of a client that asks for payments. */
export const paymentMetadata = {
  backchannel_token_delivery_mode: 'poll' as const,
  authorization_details_types: [UpiPayment.properties.type.const],
}

/** How long the person has for an answer, in seconds. */
const answerLifeS = { min: 60, default: 600, max: 3_600 }
/** A payment in progress outlives the time for an answer; looked at again by then. */
const stillPayingLifeS = 300
/** So long the app may come for the token of a request that was paid. */
const collectLifeS = 3_600

type PaymentsOnly = RichAuthorizationRequestsActiveConfiguration &
  Required<Pick<RichAuthorizationRequestsActiveConfiguration, 'authorizationDetailsForIntrospection'>>
type Asked = InstanceType<Provider['BackchannelAuthenticationRequest']>
const upiPayment = Compile(UpiPayment)
const nowS = () => Math.floor(Date.now() / 1000)

/** In whole minutes, as a payment request has them: whoever is known and whoever is not end at the same time. */
export function askLifeS(requested: unknown): number {
  const wanted = requested === undefined ? answerLifeS.default : Number(requested)
  return Math.min(Math.max(Math.ceil(wanted / 60) * 60, answerLifeS.min), answerLifeS.max)
}

export function paymentFeatures(deps: AuthDeps): {
  ciba: CIBAConfiguration
  richAuthorizationRequests: PaymentsOnly
} {
  const payerVpas = new WeakMap<object, string>()
  return {
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      verifyUserCode: () => undefined,
      validateBindingMessage: (_ctx, message) => {
        if (message !== undefined)
          throw new errors.InvalidBindingMessage('say it in the note or the reference of the payment')
      },
      validateRequestContext: (ctx) => checkAsk(deps, ctx),
      processLoginHintToken: () => Promise.reject(new errors.InvalidRequest('send a login_hint')),
      async processLoginHint(ctx, hint) {
        const payer = await payerMeantBy(deps, String(hint))
        if (!payer || !(await personById(deps.sql, payer.userId))) return nobody
        payerVpas.set(ctx, payer.vpa)
        return payer.userId
      },
      triggerAuthenticationDevice: (ctx, { jti }, _account, client) =>
        ask(deps, ctx, { jti, client: client!, payerVpa: payerVpas.get(ctx) }),
    },
    richAuthorizationRequests: {
      enabled: true,
      types: {
        upi_payment: {
          validate(ctx, detail) {
            if (ctx.oidc.route !== 'backchannel_authentication')
              throw new errors.InvalidAuthorizationDetails('payments are asked for at the backchannel')
            if (!upiPayment.Check(detail))
              throw new errors.InvalidAuthorizationDetails(
                'upi_payment has payee_vpa, amount_paise, and perhaps note and reference',
              )
          },
        },
      },
      authorizationDetailsForGrantSource: () => undefined,
      authorizationDetailsForAccessToken: (_ctx, _token, source) => (source as Asked | undefined)?.rar,
      authorizationDetailsForIntrospection: (_ctx, token) => token.rar,
    },
  }
}

/** What is refused without knowing who is asked. */
async function checkAsk(deps: AuthDeps, { oidc }: KoaContextWithOIDC): Promise<void> {
  const { scope, authorization_details: details, login_hint: hint } = oidc.params!
  if (typeof hint !== 'string') throw new errors.InvalidRequest('login_hint is required')
  if (details === undefined || (JSON.parse(String(details)) as unknown[]).length !== 1)
    throw new errors.InvalidAuthorizationDetails('one upi_payment is asked for at a time')
  if (scope !== 'openid') throw new errors.InvalidScope('only openid goes with a payment', String(scope))
  const client = oidc.client!
  const { payload } = await grantOfOwner(deps, client)
  if (!connectedScopes(payload).includes('requests:create'))
    throw new errors.UnauthorizedClient('its owner does not let it ask for payments')
  const keys = {
    client: client.clientId,
    hint: `${client.clientId} ${parsePhone(hint) ?? hint.toLowerCase()}`,
  }
  for (const [name, key] of Object.entries(keys) as [keyof typeof keys, string][]) {
    const counted = await countTry(
      deps.sql,
      askTries[name],
      deps.seal.fingerprint(key, 'auth.asker'),
      deps.clock.now(),
    )
    if (counted === undefined)
      throw new errors.TemporarilyUnavailable('it asked too often: it can ask again later')
  }
}

async function payerMeantBy(deps: AuthDeps, hint: string): Promise<Output<typeof findPayer> | undefined> {
  const phone = parsePhone(hint)
  if (phone === undefined && !new RegExp(vpaPattern).test(hint))
    throw new errors.InvalidRequest('login_hint is a UPI ID or a mobile number')
  const body = phone === undefined ? { vpa: hint } : { phone }
  return unless('not-found', deps.call(findPayer, { body }))
}

async function ask(
  deps: AuthDeps,
  { oidc }: KoaContextWithOIDC,
  { jti, client, payerVpa }: { jti: string; client: Client; payerVpa: string | undefined },
): Promise<void> {
  const stored = await oidc.provider.BackchannelAuthenticationRequest.find(jti)
  const { payee_vpa: payeeVpa, amount_paise: amountPaise, note, reference } = paymentIn(stored!)
  try {
    await deps.call(askForApp, {
      params: { id: requestIdOf(stored!) },
      body: {
        ownerId: client['owner'] as string,
        ...{ payeeVpa, amountPaise },
        ...(payerVpa === undefined ? {} : { payerVpa }),
        ...(note === undefined ? {} : { note }),
        expiresInMinutes: askLifeS(oidc.params!['requested_expiry']) / 60,
        app: {
          clientId: client.clientId,
          name: client.clientName!,
          ...(reference === undefined ? {} : { reference }),
        },
      },
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'rate-limited')
      throw new errors.TemporarilyUnavailable('its owner asked too often: it can ask again later')
    if (['not-found', 'request-not-permitted', 'request-invalid'].includes(error.code))
      throw new errors.InvalidAuthorizationDetails(error.message)
    throw error
  }
}

/** One request of payment for each that an app made here, by its id alone. */
function requestIdOf({ iat, jti }: Asked): string {
  return deriveId(iat * 1000, jti, 'payment request')
}

function paymentIn({ params }: Asked): Static<typeof UpiPayment> {
  const [detail] = JSON.parse(String(params!['authorization_details'])) as [Static<typeof UpiPayment>]
  return detail
}

/**
 * Before an app polls: writes down what payment says became of its request. Any number at once write the same, and the
 * library gives one of them the token.
 */
export async function settleAsked(deps: AuthDeps, provider: Provider, form: unknown): Promise<void> {
  const { grant_type: grantType, auth_req_id: id } = (form ?? {}) as Record<string, unknown>
  if (grantType !== cibaGrant || typeof id !== 'string') return
  const asked = await provider.BackchannelAuthenticationRequest.find(id, { ignoreExpiration: true })
  if (!asked || asked.grantId || asked.error !== undefined || asked.accountId === nobody) return
  const requestId = requestIdOf(asked)
  const input = { params: { id: requestId }, querystring: { clientId: asked.clientId! } }
  const outcome = await unless('not-found', deps.call(appRequestOutcome, input))
  if (!outcome) return
  const { status, isBeingPaid, paymentId } = outcome
  if (isBeingPaid) {
    if (asked.exp! > nowS() + stillPayingLifeS / 2) return
    asked.exp = nowS() + stillPayingLifeS
    await asked.save()
    return
  }
  if (status === 'pending') return
  if (status !== 'paid') {
    const refusal =
      status === 'expired'
        ? new errors.ExpiredToken('nobody answered in time')
        : new errors.AccessDenied(`the request was ${status}`)
    asked.errorDescription = refusal.error_description
    return provider.backchannelResult(asked, refusal)
  }
  const paid = { ...paymentIn(asked), payment_id: paymentId!, status }
  const grant = new provider.Grant({ accountId: asked.accountId!, clientId: asked.clientId! })
  grant.jti = requestId
  grant.addOIDCScope('openid')
  grant.addRar(paid)
  await grant.save()
  asked.exp = Math.max(asked.exp!, nowS() + collectLifeS)
  await provider.backchannelResult(asked, grant, { rar: [paid] })
}

async function unless<T>(code: ProblemCode, call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (error instanceof Problem && error.code === code) return undefined
    throw error
  })
}
