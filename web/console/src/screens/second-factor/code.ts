// A code of an authenticator app, as it is typed or pasted: many apps show it as `123 456`.

export const withoutSpaces = (typed: string): string => typed.replaceAll(/\s/g, '')

export const isTotp = (typed: string): boolean => /^\d{6}$/.test(withoutSpaces(typed))
