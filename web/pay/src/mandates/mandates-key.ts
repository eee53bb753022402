// The first word of the keys of all queries of mandates.
export const mandatesKey = ['mandates'] as const
