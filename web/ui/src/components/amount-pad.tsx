// An amount as it is typed: large, grouped as in India, with a pad of keys beneath and the keyboard all the same.
import { useId, useLayoutEffect, useRef } from 'react'
import { useText } from '../language/language.ts'
import { pressKey } from '../format/rupees.ts'
import { Icon } from './icon.tsx'
import { usePadKeys } from '../browser/keyboard.ts'
import { useRupeesInput } from './use-rupees-input.ts'

type AmountFieldProps = {
  label: string
  value: string
  onChange: (rupees: string) => void
  isFixed?: boolean
  hint?: string | undefined
  fault?: string | undefined
}

/** The pad stands for the keyboard of a phone, which does not come up. */
export function AmountField({ label, value, onChange, isFixed, hint, fault }: AmountFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  /** What stands behind the caret stays behind it, however many commas come before. */
  const behind = useRef(0)
  const { shown, fault: refused, onChange: onEdit, onPaste } = useRupeesInput(value, onChange)
  const message = refused ?? fault ?? hint
  const isFault = refused !== undefined || fault !== undefined
  useLayoutEffect(() => {
    const own = input.current
    if (!own || own !== document.activeElement) return
    const at = Math.max(0, own.value.length - behind.current)
    own.setSelectionRange(at, at)
  }, [shown])
  return (
    <div className="text-center">
      <label htmlFor={id} className="text-sm font-medium text-soft">
        {label}
      </label>
      <div
        className={`mx-auto flex max-w-full items-center justify-center border-b-2 text-5xl font-bold focus-within:border-accent ${isFault ? 'border-bad' : 'border-line'} ${isFixed ? 'border-transparent' : ''}`}
      >
        <span aria-hidden="true" className={value === '' ? 'text-soft' : ''}>
          ₹
        </span>
        <input
          ref={input}
          id={id}
          value={shown}
          placeholder="0"
          readOnly={isFixed}
          inputMode="none"
          autoComplete="off"
          size={Math.max(shown.length, 1)}
          aria-invalid={isFault ? true : undefined}
          aria-describedby={message ? `${id}-hint` : undefined}
          onPaste={onPaste}
          onChange={(event) => {
            const { value: text, selectionStart } = event.target
            behind.current = text.length - (selectionStart ?? text.length)
            onEdit(event)
          }}
          className="field-sizing-content max-w-[85%] min-w-[1ch] bg-transparent tabular-nums outline-none placeholder:text-soft"
        />
      </div>
      <p
        id={`${id}-hint`}
        role={isFault ? 'alert' : undefined}
        className={`mt-1 min-h-5 text-sm ${isFault ? 'text-bad' : 'text-soft'}`}
      >
        {message}
      </p>
    </div>
  )
}

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'erase'] as const

export function AmountPad({ value, onChange }: { value: string; onChange: (rupees: string) => void }) {
  const t = useText()
  const pad = useRef<HTMLDivElement>(null)
  usePadKeys(pad, (key) => {
    if (!/^([0-9.]|Backspace)$/.test(key)) return false
    onChange(pressKey(value, key === 'Backspace' ? 'erase' : key))
    return true
  })
  return (
    <div
      ref={pad}
      role="group"
      aria-label={t('amount.pad')}
      className="mx-auto grid w-full max-w-sm grid-cols-3 gap-1.5"
    >
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          onClick={() => onChange(pressKey(value, key))}
          aria-label={key === 'erase' ? t('amount.erase') : key === '.' ? t('amount.point') : undefined}
          className="grid min-h-11 place-items-center rounded-2xl bg-sunk text-xl font-semibold transition select-none active:scale-95"
        >
          {key === 'erase' ? <Icon name="erase" /> : key}
        </button>
      ))}
    </div>
  )
}
