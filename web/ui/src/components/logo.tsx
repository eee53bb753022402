// The logo, an open account book with its thread; inline: an image would be one more request before the first screen.
import { brandInk, brandPaper, brandThread } from '../theme/brand.ts'

/** Decorative: the text beside it names the app. */
export function Logo({ className }: { className: string }) {
  return (
    <svg aria-hidden="true" className={className} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="7" fill={brandInk} />
      <path fill={brandPaper} d="M6 8h9v17H6zM17 8h9v17h-9z" />
      <path stroke={brandInk} strokeWidth="1.6" d="M8 12h5M8 15.5h5M8 19h3M19 12h5M19 15.5h5M19 19h3" />
      <path stroke={brandThread} strokeWidth="2" d="M16 8v20" />
    </svg>
  )
}
