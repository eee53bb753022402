// How long the two tokens of a session live, and how long a lost answer is repeated.

export const accessTokenLifeS = 15 * 60
export const refreshTokenLifeMs = 30 * 24 * 60 * 60_000
/** For so long the device that used a refresh token may send it again: its answer may have been lost. */
export const refreshRetryMs = 60_000
