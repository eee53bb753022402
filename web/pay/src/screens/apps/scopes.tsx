// What an app of somebody else may do, in words that a person can decide by.
import { cibaGrant } from '@bahi/contracts/oauth.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { useAppsText, type AppsTextKey } from './apps-texts.ts'

const texts = new Map<string, AppsTextKey>([
  ['openid', 'apps.scope-openid'],
  ['profile', 'apps.scope-profile'],
  ['phone', 'apps.scope-phone'],
  ['offline_access', 'apps.scope-offline'],
  ['profile:read', 'apps.scope-profile-read'],
  ['accounts:read', 'apps.scope-accounts'],
  ['vpas:read', 'apps.scope-vpas'],
  ['payments:read', 'apps.scope-payments'],
  ['requests:create', 'apps.scope-ask'],
  ['requests:read', 'apps.scope-requests'],
  ['mandates:read', 'apps.scope-mandates'],
])

/** One that this version of the app has no words for is shown as it is: nothing is agreed to unseen. */
export function useScopeText(): (scope: string) => string {
  const t = useAppsText()
  return (scope) => {
    const key = texts.get(scope)
    return key ? t(key) : scope
  }
}

export const asksForPayments = ({ grantTypes }: { grantTypes: readonly string[] }): boolean =>
  grantTypes.includes(cibaGrant)

/** @param also what it may do besides */
export function ScopeList({ scopes, also = [] }: { scopes: string[]; also?: string[] }) {
  const scopeText = useScopeText()
  return (
    <ul className="flex flex-col gap-2">
      {[...scopes.map(scopeText), ...also].map((text) => (
        <li key={text} className="flex items-start gap-3">
          <Icon name="check" className="mt-0.5 size-5 shrink-0 text-good" />
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </li>
      ))}
    </ul>
  )
}
