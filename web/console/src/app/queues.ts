// What there is to do, with the permission that each takes: for the rail and for the first screen.
import type { Permission } from '@bahi/contracts/permissions.ts'
import type { IconName } from '@bahi/web-ui/components/icon.tsx'
import type { TextKey } from '../language/en.ts'

export type Queue = { to: string; icon: IconName; text: TextKey; about: TextKey; permission: Permission }

export const queues: Queue[] = [
  { to: '/health', icon: 'pulse', text: 'health.title', about: 'health.about', permission: 'health:read' },
  {
    ...{ to: '/payments', icon: 'search', text: 'payments.title', about: 'payments.about' },
    permission: 'payments:look-up',
  },
  {
    ...{ to: '/people', icon: 'people', text: 'people.title', about: 'people.about' },
    permission: 'people:look-up',
  },
  {
    to: '/measures',
    icon: 'warn',
    text: 'measures.title',
    about: 'measures.about',
    permission: 'people:freeze',
  },
  { to: '/kyc', icon: 'person', text: 'kyc.title', about: 'kyc.about', permission: 'kyc:review' },
  {
    ...{ to: '/differences', icon: 'gauge', text: 'differences.title', about: 'differences.about' },
    permission: 'reconciliation:read',
  },
  {
    ...{ to: '/cycles', icon: 'calendar', text: 'cycles.title', about: 'cycles.about' },
    permission: 'reconciliation:read',
  },
  {
    ...{ to: '/dead-letters', icon: 'warn', text: 'dead-letters.title', about: 'dead-letters.about' },
    permission: 'dead-letters:read',
  },
  { to: '/grants', icon: 'lock', text: 'grants.title', about: 'grants.about', permission: 'roles:read' },
  {
    ...{ to: '/factor-resets', icon: 'phone', text: 'resets.title', about: 'resets.about' },
    permission: 'roles:read',
  },
  { to: '/rules', icon: 'help', text: 'rules.title', about: 'rules.about', permission: 'rules:read' },
  { to: '/audit', icon: 'page', text: 'audit.title', about: 'audit.about', permission: 'audit:read' },
]
