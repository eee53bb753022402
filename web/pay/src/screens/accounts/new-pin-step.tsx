// The step in which a new UPI PIN is chosen: typed twice, and not one that is guessed at once.
import { useEffect, useRef, useState } from 'react'
import { useText } from '../../language/language.ts'
import type { TextKey } from '../../language/en.ts'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { isWeakPin } from './weak-pin.ts'
import { Note } from '@bahi/web-ui/components/states.tsx'

type NewPinStepProps = {
  length: 4 | 6
  busy: boolean
  error: unknown
  isOld: (pin: string) => boolean
  onPin: (pin: string) => void
}

export function NewPinStep({ length, busy, error, isOld, onPin }: NewPinStepProps) {
  const t = useText()
  const first = useRef('')
  const [isAgain, setIsAgain] = useState(false)
  const [fault, setFault] = useState<TextKey>()
  useEffect(() => () => void (first.current = ''), [])

  const startOver = (why: TextKey) => {
    first.current = ''
    setIsAgain(false)
    setFault(why)
  }
  const onTyped = (pin: string) => {
    if (!isAgain) {
      if (isWeakPin(pin)) return startOver('problem.pin-weak')
      if (isOld(pin)) return startOver('accounts.pin-same')
      first.current = pin
      setFault(undefined)
      return setIsAgain(true)
    }
    if (pin !== first.current) return startOver('accounts.pin-differs')
    first.current = ''
    setIsAgain(false)
    onPin(pin)
  }
  const title = isAgain ? t('accounts.pin-again') : t('accounts.pin-new', { length })
  return (
    <>
      <div role="status" className="text-center">
        <p className="text-lg font-semibold">{title}</p>
        <p className="text-sm text-soft">{t(isAgain ? 'accounts.pin-again-why' : 'accounts.pin-new-why')}</p>
      </div>
      {fault ? (
        <Note tone="bad" role="alert">
          {t(fault)}
        </Note>
      ) : (
        !isAgain && <ProblemNote error={error} />
      )}
      <PinPad key={isAgain ? 'again' : 'new'} label={title} length={length} busy={busy} onPin={onTyped} />
    </>
  )
}
