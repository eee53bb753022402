// Settings of services under test load.

/** Faster than in production, so that a short run sees what takes minutes there; all clients have one address. */
export const quickSettings: Record<string, string> = {
  BAHI_NETWORK_TIME_SCALE: '10',
  BAHI_RECOVERY_AFTER_MS: '1500',
  BAHI_RECOVERY_EVERY_MS: '250',
  BAHI_ARGON2_MEMORY_KIB: '1024',
  BAHI_RATE_PERSON: '100000:100000',
  BAHI_RATE_DEVICE: '100000:100000',
  BAHI_RATE_ADDRESS: '100000:100000',
  BAHI_RATE_SIGN_IN: '100000:100000',
  BAHI_RATE_FILES: '100000:100000',
}
