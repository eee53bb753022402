// What is personal data: every field of an event by its name, how it is shown to others, and what no log contains.

/** Shown instead of a personal value. */
export const masked = '•••'

/** `open`: shown as it is. `masked`: personal, shown as `•••`. `vpa`: personal, shown as `a•••@handle`. */
type Treatment = 'open' | 'masked' | 'vpa'

/**
 * Fields of events and of message data, by name at any depth. Ids, times, amounts and codes are open: they identify
 * nobody without the database. Free text is personal because anybody may write anything into it. A test holds that
 * every field of every event is here; a field that is not here is masked.
 */
const fields = new Map<string, Treatment>([
  ...listed(
    'masked',
    'deviceId deviceName infoUrl maskedNumber message name note object reference text title upiNumber',
  ),
  ...listed('vpa', 'vpa fromVpa'),
  ...listed(
    'open',
    'format fromOn month rows sha256 statementId toOn',
    'amountRule blockFunds day dayRule debitPaise executeAt mandateId needsApproval nextAt pausedFrom pausedUntil',
    'answerUntil app fromUmn revocable sequence terms toUmn umn validFrom validTo',
    'measure measureId documentId documentKind documentKinds kycDecision page reviewerId submissionId tier',
    'clientId clientName scopes exportId',
    'alreadyRevoked listId listedOn provenSince refused revoked revokedOn',
    'actorId filters knownDevice makerId operation endsAt grantId origin renewed role',
    'codesLeft isSecondFactor method passkeyId resetId',
    'accountId accountRef amountPaise at balancePaise bank blocked blockedUserId by category categoryPaise',
    'changed channel closedBy code coolingCount coolingPaise count cycle deadLetterId decision deliveryId',
    'differenceId direction dueOn error eventIds expiresAt fields from hours how id kind ledgerNetPaise',
    'limitCategory loosens matched mcc mode networkNetPaise newDevice newPayee nth number occurrenceId open',
    'operatorId otherPayees paise payableUntil payeeMcc paymentId perDayCount perDayPaise perMonthPaise personalLimits',
    'personsOff perTransactionPaise primary purpose queue readAt reason reasons recurrence reportedUserId',
    'reportId requestId riskRules route rrn rulesFrom scheduleId scope seq sessionId settledAt startsOn',
    'handle stopId',
    'status stopped subject tightens triesLeft txnId type until userId userIds warnings',
  ),
])

function listed(treatment: Treatment, ...lists: string[]): [string, Treatment][] {
  return lists.flatMap((list) => list.split(' ').map((name): [string, Treatment] => [name, treatment]))
}

/** Whether somebody has decided that a field with this name is personal, or not. */
export const isClassified = (name: string): boolean => fields.has(name)

/** What nobody has classified is personal. */
export const isPersonal = (name: string): boolean => fields.get(name) !== 'open'

/** A copy of an event's data that may be shown to others. */
export function maskPersonalData(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskValue(name, value)]))
}

function maskValue(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map((item) => maskValue(name, item))
  if (typeof value === 'object') return maskPersonalData(value as Record<string, unknown>)
  const treatment = fields.get(name) ?? 'masked'
  if (treatment === 'open') return value
  return treatment === 'vpa' && typeof value === 'string' ? maskVpa(value) : masked
}

const wholeVpa = /^([a-z0-9])[a-z0-9._-]*(@[a-z0-9.]+)$/i

/** `a•••@bahi` */
export const maskVpa = (vpa: string): string =>
  wholeVpa.test(vpa) ? vpa.replace(wholeVpa, `$1${masked}$2`) : masked

/** `A••• R•••`: the first letter of each word. */
export const maskName = (name: string): string =>
  name
    .split(' ')
    .map((word) => `${/^.\p{M}*/u.exec(word)?.[0] ?? ''}${masked}`)
    .join(' ')

/** `a•••@example.org` */
export const maskEmail = (email: string): string =>
  `${email.slice(0, 1)}${masked}${email.slice(email.lastIndexOf('@'))}`

/** Masks every UPI ID in a sentence. */
export const maskVpasIn = (sentence: string): string =>
  sentence.replace(/([a-z0-9])[a-z0-9._-]*(@[a-z0-9.]+)/gi, `$1${masked}$2`)

/** Secrets and contact details that a log never contains: names of fields and headers of what is logged. */
export const neverLogged = [
  'pin',
  'oldPin',
  'otp',
  'recoveryCode',
  'recoveryCodes',
  'password',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'card',
  'secret',
  'phone',
  'email',
  'to',
  'accountNumber',
  'pan',
  'aadhaar',
  'bornOn',
  'x-bahi-service',
]
