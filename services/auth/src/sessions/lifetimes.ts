// How long the two tokens of a session live.

export const accessTokenLifeS = 15 * 60
export const refreshTokenLifeMs = 30 * 24 * 60 * 60_000
