// How the secret of a registered app is stored.
import { createHash } from 'node:crypto'

/** 256 random bits, so an unkeyed hash is enough to store it by. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
