// At the top of a mandate that is moved: whom it pays, how much and how often.
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { useMandateText } from '../../mandates/mandate-text.ts'

export function WhatIsPaid({ mandate }: { mandate: Pick<MandateView, 'payee' | 'terms'> }) {
  const { each, when } = useMandateText()
  const { name } = mandate.payee
  return (
    <div className="flex flex-col items-center gap-1 text-center">
      <Avatar name={name} className="size-14" />
      <p className="mt-1 text-soft">{name}</p>
      <p className="text-3xl font-bold tabular-nums">{each(mandate)}</p>
      <p className="font-medium">{when(mandate)}</p>
    </div>
  )
}
