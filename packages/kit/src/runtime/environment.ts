// Variables of the environment: which of them are settings, and which Kubernetes adds by itself.

export type Env = Record<string, string | undefined>

/**
 * Kubernetes gives each pod variables for the Services of its namespace: one of the name `bahi-user` makes
 * `BAHI_USER_PORT=tcp://…`, `BAHI_USER_SERVICE_HOST` and so on. They are no settings.
 */
export function isServiceLink(name: string, value: string | undefined): boolean {
  if (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//i.test(value ?? '')) return true
  return /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)$/.test(name)
}

/** The text of a setting; undefined when it is empty or none of ours. */
export function settingOf(name: string, env: Env): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  return value === '' || isServiceLink(name, value) ? undefined : value
}
