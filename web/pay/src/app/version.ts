// The version of the app: of its package, as it was built.
export const appVersion = (import.meta.env.BAHI_VERSION as string | undefined) ?? 'dev'
