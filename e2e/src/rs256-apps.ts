// An app whose library takes ID tokens by RS256 alone, on the platform of the tests of OAuth.
import type { SignedInPerson } from '@bahi/platform/api-client.ts'
import * as client from 'openid-client'
import { describe, expect, it } from 'vitest'
import type { registerApp } from './relying-party.ts'

type Tools = {
  url: string
  asha: SignedInPerson
  registered(more: Parameters<typeof registerApp>[1]): Promise<client.Configuration>
  connected(
    config?: client.Configuration,
  ): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers>
  api(token: string, path: string): Promise<Response>
}

const header64 = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url')

export function describeRs256(tools: () => Tools): void {
  describe('an app that takes RS256 alone', () => {
    it('gets its ID tokens so, by a key that its own library finds and that rotates; no other app does', async () => {
      const { url, asha, registered, connected, api } = tools()
      const own = await registered({ id_token_signed_response_alg: 'RS256' })
      const discovered = await fetch(`${url}/.well-known/openid-configuration`)
      expect(await discovered.json()).toMatchObject({
        id_token_signing_alg_values_supported: ['EdDSA', 'RS256'],
      })
      client.enableNonRepudiationChecks(own)
      const tokens = await connected(own)
      const header = (jwt: string) =>
        JSON.parse(Buffer.from(jwt.split('.')[0]!, 'base64url').toString()) as { alg: string; kid: string }
      const { alg, kid } = header(tokens.id_token!)
      expect(alg).toBe('RS256')
      expect(tokens.claims()).toMatchObject({ sub: asha.userId, aud: own.clientMetadata().client_id })
      expect(header(tokens.access_token).alg).toBe('EdDSA')
      expect(header((await connected()).id_token!).alg).toBe('EdDSA')
      // A token of the one kind passes for none of the other, and gateways never see its keys.
      const keysAt = async (path: string) =>
        (
          (await (await fetch(url + path)).json()) as {
            keys: { kid: string; kty: string; d?: string }[]
          }
        ).keys
      const found = (await keysAt(new URL(own.serverMetadata().jwks_uri!).pathname)).filter(
        ({ kty }) => kty === 'RSA',
      )
      expect(found).toMatchObject([{ kid, alg: 'RS256', use: 'sig' }])
      expect(found[0]).not.toHaveProperty('d')
      expect((await keysAt('/v1/auth/jwks')).map(({ kty }) => kty)).not.toContain('RSA')
      const forged = tokens.id_token!.replace(/^[^.]*/, header64({ alg: 'none' }))
      expect((await api(forged, '/v1/payments')).status).toBe(401)
      expect((await api(tokens.id_token!, '/v1/payments')).status).toBe(401)
      await expect(registered({ id_token_signed_response_alg: 'none' as never })).rejects.toThrow()
    })
  })
}
