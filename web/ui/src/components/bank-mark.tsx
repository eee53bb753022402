// A bank as a mark of its own: its initials in a shape and colour that follow from its code. No bank's logo is used.

const colours = [
  ...['#1f5f8b', '#7a3e9d', '#0f6b5c', '#9a4a12', '#a02c5d', '#40591c'],
  ...['#4a4fb0', '#8a3b32', '#2d6472', '#6b5312', '#5b4a8a', '#3d5166'],
]
/** Paths in a square of 40: circle, rounded square, hexagon, shield, octagon, leaf. */
const shapes = [
  'M20 1a19 19 0 1 1 0 38a19 19 0 1 1 0-38z',
  'M11 2h18a9 9 0 0 1 9 9v18a9 9 0 0 1-9 9H11a9 9 0 0 1-9-9V11a9 9 0 0 1 9-9z',
  'M20 0.500L37 10.250V29.750L20 39.500L3 29.750V10.250z',
  'M3 6Q12 6 20 1Q28 6 37 6V20Q37 33 20 39.500Q3 33 3 20z',
  'M12.500 2h15L38 12.500v15L27.500 38h-15L2 27.500v-15z',
  'M2 16A14 14 0 0 1 16 2H38V24A14 14 0 0 1 24 38H2z',
]
const smallWords = new Set(['of', 'and', 'the', 'ltd', 'limited'])

/** `SBI` for State Bank of India, `KB` for Kaveri Bank, `CA` for Canara. */
export function bankInitials(name: string): string {
  const words = name.split(/[\s.,&-]+/).filter((word) => word !== '' && !smallWords.has(word.toLowerCase()))
  const letters =
    words.length === 1 ? [...words[0]!].slice(0, 2) : words.map((word) => [...word][0]!).slice(0, 3)
  return letters.join('').toUpperCase()
}

/** @param code the first four letters of the bank's IFSC codes */
export function bankLook(code: string): { colour: string; shape: string } {
  let hash = 0
  for (const letter of code) hash = (hash * 31 + letter.codePointAt(0)!) % 99_991
  return {
    colour: colours[hash % colours.length]!,
    shape: shapes[Math.floor(hash / colours.length) % shapes.length]!,
  }
}

type BankMarkProps = { code: string; name: string; className?: string }

/** Decorative: the bank's name stands beside it. */
export function BankMark({ code, name, className = 'size-11' }: BankMarkProps) {
  const { colour, shape } = bankLook(code)
  const initials = bankInitials(name)
  return (
    <svg viewBox="0 0 40 40" aria-hidden="true" className={`shrink-0 ${className}`}>
      <path d={shape} fill={colour} />
      <text
        x="20"
        y="20"
        dy="0.36em"
        textAnchor="middle"
        fontSize={initials.length > 2 ? 11 : 14}
        fontWeight="700"
        fill="#fff"
      >
        {initials}
      </text>
    </svg>
  )
}
