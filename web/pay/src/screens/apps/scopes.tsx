// What an app of somebody else may do, in words that a person can decide by.
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
export function ScopeList({ scopes }: { scopes: string[] }) {
  const t = useAppsText()
  return (
    <ul className="flex flex-col gap-2">
      {scopes.map((scope) => {
        const text = texts.get(scope)
        return (
          <li key={scope} className="flex items-start gap-3">
            <Icon name="check" className="mt-0.5 size-5 shrink-0 text-good" />
            <span className="min-w-0 wrap-anywhere">{text ? t(text) : scope}</span>
          </li>
        )
      })}
    </ul>
  )
}
