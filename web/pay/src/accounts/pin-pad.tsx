// The pad for a UPI PIN: dots and big keys; the digits are in no input, and gone when they were handed on.
import { useEffect, useRef, useState } from 'react'
import { useText } from '../language/language.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { usePadKeys } from '@bahi/web-ui/browser/keyboard.ts'

type PinPadProps = {
  /** Says whose PIN, such as `UPI PIN of Bank of Bahi`. */
  label: string
  length: 4 | 6
  /** Called with the PIN once; the pad is empty afterwards. */
  onPin: (pin: string) => void
  busy?: boolean | undefined
}

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const
const keyShape =
  'grid h-[clamp(2.75rem,9dvh,4rem)] place-items-center rounded-2xl text-2xl font-semibold transition select-none active:scale-95 disabled:opacity-40'

export function PinPad({ label, length, onPin, busy = false }: PinPadProps) {
  const t = useText()
  // Outside of React's state, of which tools and memory keep copies.
  const digits = useRef('')
  const [count, setCount] = useState(0)
  const pad = useRef<HTMLDivElement>(null)

  const put = (now: string) => {
    digits.current = now
    setCount(now.length)
  }
  const type = (digit: string) => !busy && digits.current.length < length && put(digits.current + digit)
  const erase = () => put(digits.current.slice(0, -1))
  const finish = () => {
    if (busy || digits.current.length < length) return
    const pin = digits.current
    put('')
    onPin(pin)
  }

  useEffect(() => {
    pad.current?.focus()
    return () => void (digits.current = '')
  }, [])
  usePadKeys(pad, (key, isOnButton) => {
    if (/^[0-9]$/.test(key)) type(key)
    else if (key === 'Backspace') erase()
    else if (key === 'Enter' && !isOnButton) finish()
    else return false
    return true
  })

  return (
    <div
      ref={pad}
      role="group"
      tabIndex={-1}
      aria-label={label}
      aria-busy={busy || undefined}
      className="mx-auto flex w-full max-w-xs flex-col gap-[clamp(0.75rem,3dvh,1.5rem)] rounded-card outline-none"
    >
      <div className="flex justify-center gap-4" aria-hidden="true">
        {Array.from({ length }, (_, i) => (
          <span
            key={i}
            className={`size-4 rounded-full border-2 transition ${i < count ? 'scale-110 border-accent bg-accent' : 'border-soft'}`}
          />
        ))}
      </div>
      <p role="status" className="sr-only">
        {t('pin.typed', { typed: count, length })}
      </p>
      <div className="grid grid-cols-3 gap-2">
        {keys.map((key) => (
          <button
            key={key}
            type="button"
            disabled={busy}
            className={`${keyShape} bg-sunk`}
            onClick={() => type(key)}
          >
            {key}
          </button>
        ))}
        <button
          type="button"
          disabled={busy || count === 0}
          className={keyShape}
          onClick={erase}
          aria-label={t('pin.erase')}
        >
          <Icon name="erase" />
        </button>
        <button type="button" disabled={busy} className={`${keyShape} bg-sunk`} onClick={() => type('0')}>
          0
        </button>
        <button
          type="button"
          disabled={busy || count < length}
          className={`${keyShape} bg-accent text-on-accent`}
          onClick={finish}
          aria-label={t('pin.confirm')}
        >
          <Icon name="check" className="size-7" />
        </button>
      </div>
      <p className="flex items-center justify-center gap-2 text-sm text-soft">
        <Icon name="lock" className="size-4" />
        {t('pin.never')}
      </p>
    </div>
  )
}
