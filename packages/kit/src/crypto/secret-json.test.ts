// A key that was cut off or pasted wrongly is in no error, which logs and the shell would show.
import { expect, it } from 'vitest'
import { keysFromJson } from './data-keys.ts'
import { createDetachedSigner } from './detached-signature.ts'
import { createSigner, createVerifier } from './signed-message.ts'

it.each<[string, (text: string) => unknown]>([
  ['data keys', keysFromJson],
  ['a signing key', createDetachedSigner],
  ['a network key', createSigner],
  ['a peer’s key', createVerifier],
])('of %s', async (_, read) => {
  const secret = 'MC4CAQAwBQYDK2Vw'
  for (const text of [secret, `{"d": ${secret}`, `{"d":"${secret}`]) {
    const error = await Promise.resolve(text)
      .then(read)
      .catch((thrown: Error) => thrown)
    expect(String(error)).toContain('is not JSON')
    expect(String(error)).not.toContain(secret.slice(0, 4))
  }
})
