// A payment's status as a large mark: drawn as it arrives, still for who asked for no motion.
import type { PaymentStatus } from '@bahi/contracts/payment.ts'

const looks = {
  settled: { circle: 'bg-good-tint text-good', path: 'M14 25l7 7 14-15' },
  failed: { circle: 'bg-bad-tint text-bad', path: 'M16 16l16 16M32 16L16 32' },
  pending: { circle: 'bg-wait-tint text-wait', path: 'M24 10v14l10 6' },
  sending: { circle: 'bg-tint text-accent', path: 'M15 33L33 15M19 15h14v14' },
} as const

type StatusMarkProps = {
  status: PaymentStatus | 'sending'
  /** A ring that keeps moving: no picture of the screen has it. */
  isLive?: boolean
}

export function StatusMark({ status, isLive = false }: StatusMarkProps) {
  const { circle, path } = looks[status]
  return (
    <div
      key={status}
      className={`relative grid size-24 animate-pop place-items-center rounded-full flat:size-16 ${circle}`}
    >
      {isLive && (
        <span
          aria-hidden="true"
          className="absolute inset-0 -z-10 animate-live rounded-full bg-good-tint motion-reduce:animate-none"
        />
      )}
      <svg viewBox="0 0 48 48" className="size-2/3" aria-hidden="true">
        <path
          d={path}
          pathLength={1}
          strokeDasharray={1}
          fill="none"
          stroke="currentColor"
          strokeWidth="4"
          strokeLinecap="round"
          strokeLinejoin="round"
          className="animate-draw"
        />
      </svg>
      {status === 'sending' && (
        <svg viewBox="0 0 96 96" className="absolute inset-0 size-full animate-spin" aria-hidden="true">
          <path
            d="M48 3a45 45 0 0 1 45 45"
            fill="none"
            stroke="currentColor"
            strokeWidth="4"
            strokeLinecap="round"
          />
        </svg>
      )}
    </div>
  )
}
