// A person as a circle with their initials, always in the same colour.
const colours = ['#7a2e21', '#5b4a1f', '#2f5a3a', '#1f5560', '#3c4a85', '#6a3a7a', '#7a2f55', '#4d4a46']

export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word))
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => /\p{L}/u.exec(word ?? '')?.[0] ?? '',
  )
  return letters.join('').toUpperCase() || '₹'
}

export function Avatar({ name, className = 'size-11' }: { name: string; className?: string }) {
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0)!, 0)
  return (
    <svg viewBox="0 0 40 40" aria-hidden="true" className={`shrink-0 rounded-full ${className}`}>
      <rect width="40" height="40" fill={colours[sum % colours.length]} />
      <text x="20" y="20" dy="0.36em" textAnchor="middle" fontSize="15" fontWeight="600" fill="#fff">
        {initialsOf(name)}
      </text>
    </svg>
  )
}
