// What there is to do, with the permission that each takes: for the rail, for the first screen and for the keys.
import type { Permission } from '@bahi/contracts/permissions.ts'
import type { IconName } from '@bahi/web-ui/components/icon.tsx'
import type { TextKey } from '../language/en.ts'
import { useMay } from '../session/session.ts'

export type Queue = {
  to: string
  icon: IconName
  text: TextKey
  about: TextKey
  permission: Permission
  /** Leads there after `g`. */
  letter: string
}

/** Of the first screen. */
export const homeLetter = 'w'

/** Its title and what it is for, by the beginning of their keys. */
const names = <Of extends string>(of: Of) => ({ text: `${of}.title`, about: `${of}.about` }) as const

export const queues: Queue[] = [
  { ...names('health'), to: '/health', letter: 'h', icon: 'pulse', permission: 'health:read' },
  { ...names('payments'), to: '/payments', letter: 'p', icon: 'search', permission: 'payments:look-up' },
  { ...names('people'), to: '/people', letter: 'e', icon: 'people', permission: 'people:look-up' },
  { ...names('measures'), to: '/measures', letter: 'm', icon: 'warn', permission: 'people:freeze' },
  { ...names('kyc'), to: '/kyc', letter: 'k', icon: 'person', permission: 'kyc:review' },
  {
    ...names('differences'),
    to: '/differences',
    letter: 'd',
    icon: 'gauge',
    permission: 'reconciliation:read',
  },
  { ...names('cycles'), to: '/cycles', letter: 'c', icon: 'calendar', permission: 'reconciliation:read' },
  {
    ...names('dead-letters'),
    to: '/dead-letters',
    letter: 'l',
    icon: 'warn',
    permission: 'dead-letters:read',
  },
  { ...names('grants'), to: '/grants', letter: 'g', icon: 'lock', permission: 'roles:read' },
  { ...names('resets'), to: '/factor-resets', letter: 'f', icon: 'phone', permission: 'roles:read' },
  {
    ...names('revoked-numbers'),
    to: '/revoked-numbers',
    letter: 'n',
    icon: 'phone',
    permission: 'revoked-numbers:read',
  },
  { ...names('stops'), to: '/stops', letter: 's', icon: 'warn', permission: 'stops:read' },
  { ...names('rules'), to: '/rules', letter: 'r', icon: 'help', permission: 'rules:read' },
  { ...names('audit'), to: '/audit', letter: 'a', icon: 'page', permission: 'audit:read' },
]

/** Those of who is signed in. */
export function useQueues(): Queue[] {
  const may = useMay()
  return queues.filter(({ permission }) => may(permission))
}
