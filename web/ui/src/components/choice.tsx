// One of a few, side by side: radio buttons in the shape of a bar.
import { useId } from 'react'

type ChoiceProps<T extends string> = {
  label: string
  options: readonly { value: T; text: string; lang?: string }[]
  value: T
  onChange: (value: T) => void
  /** The label is there for who listens, and not shown: what is chosen says enough. */
  quiet?: boolean
}

export function Choice<T extends string>({ label, options, value, onChange, quiet }: ChoiceProps<T>) {
  const name = useId()
  return (
    <fieldset className="px-3">
      <legend className={quiet ? 'sr-only' : 'mb-2 font-medium'}>{label}</legend>
      <div className="flex rounded-full bg-sunk p-1">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.lang}
            className="flex min-h-11 flex-1 cursor-pointer items-center justify-center rounded-full px-2 text-center text-sm font-medium text-soft has-checked:bg-tint has-checked:font-semibold has-checked:text-accent has-focus-visible:outline-3 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="sr-only"
            />
            {option.text}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
