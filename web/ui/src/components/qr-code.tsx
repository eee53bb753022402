// A text as a QR code, drawn as one path; always dark on white, so that any camera reads it.
import { encode } from 'uqr'

const quiet = 4
/** A longer text is for a screen, as that of a mandate: fewer and larger squares are read better there. */
const longFrom = 160

/** Each row's dark runs as one path: `M4 4h7v1h-7z`. */
export function qrPath(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: text.length < longFrom ? 'M' : 'L', border: 0 })
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, x) => {
      if (!dark || row[x - 1]) return []
      const end = row.indexOf(false, x)
      const width = (end < 0 ? size : end) - x
      return [`M${x + quiet} ${y + quiet}h${width}v1h-${width}z`]
    }),
  )
  return { path: runs.join(''), size: size + quiet * 2 }
}

export function QrCode({ text, label }: { text: string; label: string }) {
  const { path, size } = qrPath(text)
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="aspect-square w-full rounded-2xl bg-white text-black"
    >
      <path d={path} fill="currentColor" />
    </svg>
  )
}
