// What is said of an account in a word.
import type { ReactNode } from 'react'

const looks = {
  good: 'bg-good-tint text-good',
  wait: 'bg-wait-tint text-wait',
  bad: 'bg-bad-tint text-bad',
} as const

export function Tag({ look, children }: { look: keyof typeof looks; children: ReactNode }) {
  return (
    <span className={`rounded-full px-3 py-1 text-xs font-semibold whitespace-nowrap ${looks[look]}`}>
      {children}
    </span>
  )
}
