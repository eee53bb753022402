// A list of facts: label and value.
import type { ReactNode } from 'react'

export type Fact = readonly [label: string, value: ReactNode, under?: ReactNode]

export function FactList({ facts }: { facts: Fact[] }) {
  return (
    <dl className="flex flex-col divide-y divide-line border-t border-line first:border-t-0">
      {facts.map(([label, value, under], at) => (
        <div key={`${at} ${label}`} className="flex flex-wrap items-baseline justify-between gap-x-4 py-3">
          <dt className="text-sm text-soft">{label}</dt>
          <dd className="ml-auto min-w-0 text-right font-medium break-words">
            {value}
            {under !== undefined && <span className="block text-sm font-normal text-soft">{under}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
