// What a passcode of the app is.
export const passcodeLength = 6

/** What whoever finds the device tries first: one digit only, or digits in a row. */
export function isGuessable(passcode: string): boolean {
  const steps = new Set([...passcode].slice(1).map((digit, i) => Number(digit) - Number(passcode[i])))
  const [step] = steps
  return steps.size === 1 && step !== undefined && Math.abs(step) <= 1
}
