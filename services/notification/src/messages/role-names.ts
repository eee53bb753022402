// The names of granted roles in every language, and whom their people tell when one is not expected.
import type { Language } from '@bahi/contracts/formats.ts'
import type { GrantedRole } from '@bahi/contracts/permissions.ts'

const names = {
  merchant: { en: 'merchant', hi: 'व्यापारी' },
  support: { en: 'support', hi: 'सहायता' },
  'kyc-reviewer': { en: 'KYC reviewer', hi: 'KYC जाँच' },
  'risk-analyst': { en: 'risk analyst', hi: 'जोखिम जाँच' },
  reconciler: { en: 'reconciler', hi: 'मिलान' },
  operator: { en: 'operator', hi: 'संचालन' },
  auditor: { en: 'auditor', hi: 'ऑडिट' },
  administrator: { en: 'administrator', hi: 'एडमिनिस्ट्रेटर' },
} as const satisfies Record<GrantedRole, Record<Language, string>>

const askAdministrator = {
  en: 'Tell an administrator at once.',
  hi: 'तुरंत किसी एडमिनिस्ट्रेटर को बताएँ।',
}
const callUs = { en: 'Call us at once.', hi: 'तुरंत हमें कॉल करें।' }

/** A role that no longer exists is called by its id: messages are kept for longer. */
export const roleText = (role: string, language: Language): string =>
  Object.hasOwn(names, role) ? names[role as GrantedRole][language] : role

/** A merchant knows no administrator. */
export const roleAdvice = (role: string, language: Language): string =>
  (role === 'merchant' ? callUs : askAdministrator)[language]
