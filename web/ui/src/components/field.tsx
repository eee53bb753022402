// A labelled input with its hint and its fault, for the eye and for screen readers.
import { useId, type ComponentProps, type ReactNode } from 'react'

type FieldProps = ComponentProps<'input'> & {
  label: string
  hint?: string | undefined
  fault?: string | undefined
  /** Stands before what is typed: `+91`, `₹`. */
  before?: ReactNode
  /** Stands behind it: `@bahi`. */
  after?: ReactNode
}

export function Field({ label, hint, fault, before, after, id, className = '', ...props }: FieldProps) {
  const made = useId()
  const own = id ?? made
  return (
    <div className={className}>
      <label htmlFor={own} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <div
        className={`flex min-h-13 items-center gap-2 rounded-2xl border bg-card px-4 focus-within:border-accent ${fault ? 'border-bad' : 'border-line'}`}
      >
        {before !== undefined && <span className="text-soft">{before}</span>}
        <input
          id={own}
          {...props}
          aria-invalid={fault ? true : undefined}
          aria-describedby={fault || hint ? `${own}-hint` : undefined}
          className="min-w-0 flex-1 bg-transparent py-3 text-lg outline-none placeholder:text-soft"
        />
        {after !== undefined && <span className="text-soft">{after}</span>}
      </div>
      {(fault || hint) && (
        <p
          id={`${own}-hint`}
          role={fault ? 'alert' : undefined}
          className={`mt-1 text-sm ${fault ? 'text-bad' : 'text-soft'}`}
        >
          {fault ?? hint}
        </p>
      )}
    </div>
  )
}
