// What an access token says of its session, for what is shown. The gateway decides what may be done.

/** Empty for what is no token, as of who is signed in without a network. */
export function claimsIn(token: string): { roles: unknown[]; amr: unknown[] } {
  try {
    const payload = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))) as {
      roles?: unknown
      amr?: unknown
    }
    const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
    return { roles: list(payload.roles), amr: list(payload.amr) }
  } catch {
    return { roles: [], amr: [] }
  }
}
