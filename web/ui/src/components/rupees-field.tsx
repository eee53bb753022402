// A field for an amount in rupees among other fields.
import { Field } from './field.tsx'
import { useRupeesInput } from './use-rupees-input.ts'

type RupeesFieldProps = {
  label: string
  value: string
  onChange: (rupees: string) => void
  hint?: string | undefined
  fault?: string | undefined
}

export function RupeesField({ label, value, onChange, hint, fault }: RupeesFieldProps) {
  const { shown, fault: refused, ...input } = useRupeesInput(value, onChange)
  return (
    <Field
      label={label}
      hint={hint}
      fault={refused ?? fault}
      before="₹"
      inputMode="decimal"
      autoComplete="off"
      value={shown}
      {...input}
    />
  )
}
