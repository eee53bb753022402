// The network that a session was used from, as its person sees it: enough to recognise, not enough to find anybody.

/** `203.0.113.•` of an IPv4 address, `2001:db8:1:•` of the /64 of an IPv6 one; null for anything else. */
export function maskNetwork(network: string): string | null {
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(network)?.[1]
  if (v4 !== undefined) return `${v4}.•`
  const v6 = /^([0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}):[0-9a-f]{1,4}::\/64$/.exec(network)?.[1]
  return v6 === undefined ? null : `${v6}:•`
}
