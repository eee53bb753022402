// Said before paying somebody whom I have blocked.
import { useText } from '../language/language.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { useBlocked } from './use-blocked.ts'

export function BlockedNote({ vpa, name }: { vpa: string; name: string }) {
  const t = useText()
  const isBlocked = useBlocked().data?.some((one) => one.vpa === vpa) ?? false
  return (
    <div role="status" className="empty:hidden">
      {isBlocked && (
        <p className="flex gap-3 rounded-2xl bg-bad-tint px-4 py-3 text-bad">
          <Icon name="warn" className="size-5 shrink-0" />
          {t('people.paying-blocked', { name })}
        </p>
      )}
    </div>
  )
}
