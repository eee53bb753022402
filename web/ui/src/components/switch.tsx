// A switch with its label and a word about it: the whole line can be pressed.
import { useId } from 'react'

type SwitchProps = {
  label: string
  under?: string
  on: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}

export function Switch({ label, under, on, disabled, onChange }: SwitchProps) {
  const id = useId()
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-labelledby={`${id}-label`}
      aria-describedby={under ? `${id}-under` : undefined}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className="flex min-h-14 w-full items-center gap-3 rounded-2xl px-3 py-2 text-left enabled:hover:bg-sunk disabled:opacity-60"
    >
      <span className="min-w-0 flex-1">
        <span id={`${id}-label`} className="block font-medium">
          {label}
        </span>
        {under && (
          <span id={`${id}-under`} className="block text-sm text-soft">
            {under}
          </span>
        )}
      </span>
      <span
        aria-hidden="true"
        className={`flex h-7 w-12 shrink-0 items-center rounded-full border-2 px-0.5 transition ${on ? 'justify-end border-accent bg-accent' : 'border-soft bg-card'}`}
      >
        <span className={`size-5 rounded-full ${on ? 'bg-on-accent' : 'bg-soft'}`} />
      </span>
    </button>
  )
}
