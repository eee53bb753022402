// The consent of a person: what an app asks for, and their decision, in the browser that the app sent here.
import type { consentRequest, decideConsent } from '@bahi/contracts/oauth-apps.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { apiResource, identityScopes } from '@bahi/contracts/oauth.ts'
import { clientScopes, isClientScope } from '@bahi/contracts/permissions.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import type Provider from 'oidc-provider'
import type { AuthDeps } from '../deps.ts'
import { appOf } from './grants.ts'
import { resumeCookie, type Providers } from './provider.ts'
import { openSessionSince } from '../sessions/store.ts'
import { findClient, grantsOf } from './store.ts'

type Person = { userId: string; sessionId: string }
type Asked = { uid: string; cookie: string | undefined; person: Person }

/** Throws `not-found` in another browser, after ten minutes, and once it is decided. */
export async function showConsent(
  deps: AuthDeps,
  providers: Providers,
  asked: Asked,
): Promise<Output<typeof consentRequest>> {
  const { interaction, clientId, scopes, metadata } = await find(deps, await providers.current(), asked)
  const now = deps.clock.now()
  const since = await openSessionSince(deps.sql, asked.person, now)
  return { app: appOf(clientId, metadata, scopes), needsStepUp: needsStepUp(interaction, since, now) }
}

/** Throws as `showConsent`, and the problems of the proof. */
export async function decide(
  deps: AuthDeps,
  providers: Providers,
  { allow, requireStepUp, ...asked }: Asked & { allow: boolean; requireStepUp: RequireStepUp },
): Promise<Output<typeof decideConsent>> {
  const provider = await providers.current()
  const { interaction, clientId, scopes } = await find(deps, provider, asked)
  const { userId, sessionId } = asked.person
  const now = deps.clock.now()
  const signedInAt = await openSessionSince(deps.sql, asked.person, now)
  if (!signedInAt) throw new Problem('unauthenticated', 'the session has ended')
  let provenAt = signedInAt
  if (allow && needsStepUp(interaction, signedInAt, now)) {
    await requireStepUp()
    provenAt = now
  }

  // From here on the app may do what it asked for.
  interaction.result = allow
    ? {
        login: { accountId: userId, ts: Math.floor(provenAt.getTime() / 1000), appSession: sessionId },
        consent: { grantId: await grantTo(deps, provider, { userId, clientId, scopes }) },
      }
    : { error: 'access_denied', error_description: 'the person said no' }
  // The browser may still be connected for somebody who was signed in before.
  if (interaction.session && interaction.session.accountId !== userId) {
    await (await provider.Session.findByUid(interaction.session.uid))?.destroy()
    interaction.session = undefined
  }
  await interaction.persist()
  return { continueAt: new URL(interaction.returnTo).pathname }
}

async function find(deps: AuthDeps, provider: Provider, { uid, cookie }: Asked) {
  const mine = new RegExp(`(?:^|; *)${resumeCookie}=([A-Za-z0-9_-]{1,64})(?:;|$)`).exec(cookie ?? '')?.[1]
  const interaction = mine === uid ? await provider.Interaction.find(uid) : undefined
  const clientId = interaction?.params['client_id'] as string | undefined
  const client = clientId === undefined ? undefined : await findClient(deps.sql, clientId)
  if (!interaction || !client || interaction.result)
    throw new Problem('not-found', 'no app is waiting for a decision in this browser')
  const known = new Set<string>([...identityScopes, ...clientScopes])
  const scopes = String(interaction.params['scope'] ?? '').split(' ')
  return {
    interaction,
    clientId: clientId!,
    // Where the person goes back to, of all the places that are registered.
    metadata: { ...client.metadata, redirect_uris: [interaction.params['redirect_uri']] },
    scopes: scopes.filter((scope) => known.has(scope)),
  }
}

type Interaction = Awaited<ReturnType<typeof find>>['interaction']

/** `prompt=login`, or `max_age` that is over. */
function needsStepUp({ params }: Interaction, signedInAt: Date | undefined, now: Date): boolean {
  const prompts = String(params['prompt'] ?? '').split(' ')
  if (prompts.includes('login')) return true
  if (params['max_age'] === undefined) return false
  return !signedInAt || now.getTime() - signedInAt.getTime() > Number(params['max_age']) * 1000
}

/** One grant a person and app, of `lifeS` where the provider's is not meant: a further consent widens it. */
export async function grantTo(
  deps: AuthDeps,
  provider: Provider,
  { userId, clientId, scopes, lifeS }: { userId: string; clientId: string; scopes: string[]; lifeS?: number },
): Promise<string> {
  const [existing] = await grantsOf(deps.sql, { userId, clientId }, deps.clock.now(), 1)
  const granted =
    (existing && (await provider.Grant.find(existing.grantId))) ??
    new provider.Grant({ accountId: userId, clientId, ...(lifeS === undefined ? {} : { expiresIn: lifeS }) })
  granted.addOIDCScope(scopes.join(' '))
  const permissions = scopes.filter(isClientScope)
  if (permissions.length > 0)
    granted.addResourceScope(apiResource(deps.config.BAHI_ISSUER), permissions.join(' '))
  return granted.save()
}
