// Rules of dormant people as dated data: their phone may be somebody else's by now.

export type DormancyRules = {
  effectiveFrom: string
  /** Without a sign-in, and without any use of a device that proved its key. */
  dormantDays: number
  /** Within which a person whom staff gave their sign-in back resets the password by a code to the phone alone. */
  restoreDays: number
}

/**
 * Newest last; a change is a new row with its date. A number that was disconnected is given to nobody else for at least
 * 90 days (TRAI), so it was still theirs when they signed in last.
 */
export const dormancyRules: readonly DormancyRules[] = [
  { effectiveFrom: '2025-06-30T00:00:00+05:30', dormantDays: 90, restoreDays: 7 },
]
