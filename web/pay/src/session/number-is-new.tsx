// For who holds a number that somebody registered before: the number is new to them, or it takes a call.
import { Button } from '@bahi/web-ui/components/button.tsx'
import { useDormantText } from './dormant-texts.ts'

type NumberIsNewProps = { wasDeclared: boolean; busy: boolean; onDeclare: () => void }

export function NumberIsNew({ wasDeclared, busy, onDeclare }: NumberIsNewProps) {
  const t = useDormantText()
  if (wasDeclared) return <p className="text-soft">{t('number-new.in-use')}</p>
  return (
    <>
      <p className="text-soft">{t('number-new.hint')}</p>
      <Button look="quiet" wide busy={busy} onClick={onDeclare}>
        {t('number-new.declare')}
      </Button>
    </>
  )
}
