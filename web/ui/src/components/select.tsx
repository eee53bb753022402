// A labelled choice of one among many, as the system shows it.
import { useId, type ReactNode } from 'react'

type SelectProps = {
  label: string
  value: string
  onValue: (value: string) => void
  /** Its options. */
  children: ReactNode
}

export function Select({ label, value, onValue, children }: SelectProps) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <div className="rounded-2xl border border-line bg-card px-4 focus-within:border-accent">
        <select
          id={id}
          value={value}
          onChange={({ target }) => onValue(target.value)}
          className="min-h-13 w-full bg-card text-lg"
        >
          {children}
        </select>
      </div>
    </div>
  )
}
