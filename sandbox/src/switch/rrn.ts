// The RRNs of other banks' apps, in the form that is common use.

/** Last digit of the year, day of the year and hour, all in India, and six digits of a sequence. */
export function rrnOf(at: Date, sequence: number): string {
  const ist = new Date(at.getTime() + 330 * 60_000)
  const yearStart = Date.UTC(ist.getUTCFullYear(), 0, 0)
  const day = Math.floor((ist.getTime() - yearStart) / 86_400_000)
  const pad = (n: number, width: number) => String(n).padStart(width, '0')
  return `${ist.getUTCFullYear() % 10}${pad(day, 3)}${pad(ist.getUTCHours(), 2)}${pad(sequence % 1_000_000, 6)}`
}
