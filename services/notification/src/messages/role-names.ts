// The names of staff roles in every language.
import type { Language } from '@bahi/contracts/formats.ts'
import type { StaffRole } from '@bahi/contracts/permissions.ts'

const names = {
  support: { en: 'support', hi: 'सहायता' },
  'kyc-reviewer': { en: 'KYC reviewer', hi: 'KYC जाँच' },
  'risk-analyst': { en: 'risk analyst', hi: 'जोखिम जाँच' },
  reconciler: { en: 'reconciler', hi: 'मिलान' },
  operator: { en: 'operator', hi: 'संचालन' },
  auditor: { en: 'auditor', hi: 'ऑडिट' },
  administrator: { en: 'administrator', hi: 'प्रशासक' },
} as const satisfies Record<StaffRole, Record<Language, string>>

/** A role that no longer exists is called by its id: messages are kept for longer. */
export const roleText = (role: string, language: Language): string =>
  Object.hasOwn(names, role) ? names[role as StaffRole][language] : role
