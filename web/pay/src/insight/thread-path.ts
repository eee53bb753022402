// Where a thread with somebody is shown.
export const threadPath = (vpa: string): string => `/people/${encodeURIComponent(vpa)}`
