// The frame of screens without a session: on a wide screen a centered card with the logo above it.
import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'

export function CenteredPage({ children }: { children: ReactNode }) {
  return (
    <main className="lg:grid lg:min-h-dvh lg:place-content-center lg:justify-items-center lg:gap-8 lg:py-10">
      <Logo className="hidden size-16 lg:block" />
      <div className="lg:w-lg lg:rounded-card lg:border lg:border-line lg:bg-card">{children}</div>
    </main>
  )
}
