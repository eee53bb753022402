// Which UPI PINs are too easy to guess: reported before the bank refuses them.

/** All digits the same, or one run up or down, over the 0 too. */
export function isWeakPin(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, at) => (Number(digit) - Number(pin[at]) + 10) % 10)
  return [0, 1, 9].some((step) => steps.every((one) => one === step))
}
