// Which UPI PINs are too easy to guess.

/** All digits the same, or one run up or down (over the 0 too: 8901, 2109). */
export function isWeakPin(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, i) => (Number(digit) - Number(pin[i]) + 10) % 10)
  return [0, 1, 9].some((step) => steps.every((s) => s === step))
}
