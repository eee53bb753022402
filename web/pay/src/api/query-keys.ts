// Keys of queries that other files refresh too, without the queries, which the start of the app does not need.

/** What payments would meet. */
export const quotesKey = ['payment-quote'] as const
/** My own limits and controls. */
export const controlsKey = ['controls'] as const
/** Every query of mandates begins with this word. */
export const mandatesKey = ['mandates'] as const
