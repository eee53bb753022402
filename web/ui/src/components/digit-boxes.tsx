// Boxes for a code of digits: one input behind them, so that pasting, filling in and reading aloud just work.
import { codeIn, digitsIn } from '@bahi/contracts/digits.ts'
import { useId, useRef } from 'react'

type DigitBoxesProps = {
  label: string
  length: number
  value: string
  onChange: (digits: string) => void
  /** Called when the last digit is there. */
  onFull?: (digits: string) => void
  /** Shows dots instead of digits, and keeps them from password managers. */
  secret?: boolean
  fault?: string | undefined
  autoFocus?: boolean
  disabled?: boolean
}

export function DigitBoxes(props: DigitBoxesProps) {
  const { label, length, value, onChange, onFull, secret, fault, autoFocus, disabled } = props
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const put = (digits: string) => {
    onChange(digits)
    if (digits.length === length) onFull?.(digits)
  }
  return (
    <div>
      <label htmlFor={id} className="mb-2 block text-sm font-medium">
        {label}
      </label>
      <div className="relative" onClick={() => input.current?.focus()}>
        <input
          ref={input}
          id={id}
          value={value}
          disabled={disabled}
          autoFocus={autoFocus}
          type={secret ? 'password' : 'text'}
          inputMode="numeric"
          autoComplete={secret ? 'off' : 'one-time-code'}
          aria-invalid={fault ? true : undefined}
          aria-describedby={fault ? `${id}-fault` : undefined}
          onPaste={(event) => {
            // A whole message may be pasted, over whatever is there.
            const code = codeIn(event.clipboardData.getData('text'), length)
            if (code === undefined) return
            event.preventDefault()
            put(code)
          }}
          onChange={({ target }) => {
            const digits = digitsIn(target.value)
            const isTyped = /^[\p{Nd}\s]*$/u.test(target.value) && digits.length <= length
            const code = isTyped ? digits : codeIn(target.value, length)
            if (code !== undefined) put(code)
          }}
          className="peer absolute inset-0 size-full opacity-0"
        />
        <div
          className="flex gap-2 rounded-2xl peer-focus-visible:outline-3 peer-focus-visible:outline-offset-4 peer-focus-visible:outline-accent"
          aria-hidden="true"
        >
          {Array.from({ length }, (_, i) => (
            <span
              key={i}
              className={`grid h-14 flex-1 place-items-center rounded-2xl border bg-card text-2xl font-semibold ${fault ? 'border-bad' : i === value.length ? 'border-accent' : 'border-line'}`}
            >
              {value[i] === undefined ? '' : secret ? '•' : value[i]}
            </span>
          ))}
        </div>
      </div>
      {fault && (
        <p id={`${id}-fault`} role="alert" className="mt-2 text-sm text-bad">
          {fault}
        </p>
      )}
    </div>
  )
}
