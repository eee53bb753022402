// The catalogue of events that services publish, with the schema of their data.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { AskingApp } from './app-requests.ts'
import { auditEvents } from './audit-events.ts'
import type { ServiceName } from './contract.ts'
import { DatedControls } from './controls.ts'
import { AmountPaise, Note, Rrn, Timestamp, TxnId, Uuid, Vpa } from './formats.ts'
import { Initiation, Mcc } from './initiation.ts'
import { mandateElsewhereEvents } from './mandate-elsewhere-events.ts'
import { MandateTerms } from './mandate-rules.ts'
import { Message } from './notification.ts'
import { KycDocumentKind, KycTier } from './kyc-rules.ts'
import { privacyEvents } from './privacy-events.ts'
import { stopEvents } from './payment-stops.ts'
import { IstDate, Recurrence } from './recurrence.ts'
import { roleEvents } from './role-events.ts'
import { revocationEvents } from './revocation-events.ts'
import { signInEvents } from './sign-in-events.ts'

const Session = { userId: Uuid, sessionId: Uuid, deviceId: Type.String(), deviceName: Type.String() }
const ConnectedApp = { userId: Uuid, clientId: Type.String(), grantId: Type.String() }
const ClientHandled = { clientId: Type.String(), operatorId: Uuid }
const Party = Type.Object({
  userId: Type.Optional(Uuid),
  accountId: Type.Optional(Uuid),
  vpa: Vpa,
  name: Type.String(),
  bank: Type.Optional(Type.String()),
  maskedNumber: Type.Optional(Type.String()),
})
/**
 * Which way the money goes. `ledger`: both accounts are ours. `out`: from an account of ours to the network. `through`:
 * from an account at another bank. `in`: from another app, to one of our UPI IDs.
 */
export const PaymentRoute = Type.Union([
  Type.Literal('ledger'),
  Type.Literal('out'),
  Type.Literal('through'),
  Type.Literal('in'),
])
export type PaymentRoute = Static<typeof PaymentRoute>
/**
 * The decision before a payment begins. `reasons`: what refused it. `warnings`: what speaks against it and did not.
 * `features`: what was known of the payer.
 */
const Assessment = Type.Object({
  decision: Type.Enum(['allow', 'refuse']),
  reasons: Type.Array(Type.String()),
  /** `effectiveFrom` of the limits that were in force. */
  rulesFrom: Timestamp,
  /** Version of the rules of risk. */
  riskRules: Type.Optional(Type.String()),
  warnings: Type.Optional(Type.Array(Type.String())),
  features: Type.Object({
    /** In the rolling day, before this one. */
    count: Type.Integer(),
    paise: Type.Integer(),
    category: Type.Optional(Type.String()),
    categoryPaise: Type.Optional(Type.Integer()),
    /** Whether the payer has limits of their own. */
    personalLimits: Type.Optional(Type.Boolean()),
    /** In the cooling period, when one is in effect. */
    coolingCount: Type.Optional(Type.Integer()),
    coolingPaise: Type.Optional(Type.Integer()),
    /** Where it was looked up: whether the payee is one that the payer has not paid before. */
    newPayee: Type.Optional(Type.Boolean()),
    /** Other payees in the minutes before, when there were any. */
    otherPayees: Type.Optional(Type.Integer()),
    /** Where the payer said another one: the category that the payee's PSP says, `0000` when it says none. */
    payeeMcc: Type.Optional(Mcc),
  }),
})
const PaymentBegun = {
  paymentId: Uuid,
  txnId: TxnId,
  rrn: Rrn,
  amountPaise: AmountPaise,
  note: Type.Optional(Note),
  payer: Party,
  payee: Party,
}
const RequestMade = {
  requestId: Uuid,
  amountPaise: AmountPaise,
  note: Type.Optional(Note),
  payer: Party,
  payee: Party,
  /** Left out: the payee asked, and no app for them. */
  app: Type.Optional(AskingApp),
}
const ScheduleOf = {
  scheduleId: Uuid,
  amountPaise: AmountPaise,
  note: Type.Optional(Note),
  payer: Party,
  payee: Party,
}
const SchedulePlanned = {
  ...ScheduleOf,
  recurrence: Recurrence,
  startsOn: IstDate,
  until: Type.Optional(IstDate),
  count: Type.Optional(Type.Integer()),
}
/** One date of a schedule. */
const OccurrenceOf = { ...ScheduleOf, occurrenceId: Uuid, number: Type.Integer(), dueOn: IstDate }
const DifferenceOf = {
  differenceId: Uuid,
  kind: Type.String(),
  txnId: TxnId,
  cycle: Type.String(),
}
/** `amountPaise`: what one debit may be. `sequence`, `debitPaise`: of the debit that the event is about. */
const MandateOf = { mandateId: Uuid, name: Note, amountPaise: AmountPaise, payer: Party, payee: Party }
const DebitOf = { ...MandateOf, sequence: Type.Integer(), debitPaise: AmountPaise, dueOn: IstDate }
/** The stream is the person's. */
const SubmissionOf = { userId: Uuid, submissionId: Uuid }
const ReviewOf = { ...SubmissionOf, reviewerId: Uuid }
const accountOf = { userId: Uuid, accountId: Uuid }

/** Type of event → its data. The first word is the owner of the stream. Personal data stays out where it can. */
export const events = {
  'auth.registered': Type.Object({ userId: Uuid }),
  'auth.session-started': Type.Object({ ...Session, newDevice: Type.Boolean() }),
  'auth.session-ended': Type.Object({
    userId: Uuid,
    sessionId: Uuid,
    reason: Type.Enum([
      'logout',
      'reuse',
      'ended-by-person',
      'expired',
      'role-ended',
      'second-factor-reset',
      'password-changed',
      'phone-changed',
      'phone-released',
      'device-replaced',
      'ended-by-staff',
    ]),
  }),
  ...roleEvents,
  /** `reset`: by a one-time code. `changed`: by the old password. */
  'auth.password-changed': Type.Object({ userId: Uuid, how: Type.Enum(['reset', 'changed']) }),
  /** Everybody who keeps the phone, or something derived from it, has the new one. */
  'auth.phone-changed': Type.Object({ userId: Uuid }),
  /** The person has no phone any more. Who proved it and declared it new, or staff by a measure. */
  'auth.phone-released': Type.Object({
    userId: Uuid,
    by: Type.Enum(['new-holder', 'staff']),
    actorId: Type.Optional(Uuid),
    note: Type.Optional(Type.String()),
  }),
  /** The stream is that of the grant. `scopes`: all that the app may do from now on. */
  'auth.app-connected': Type.Object({
    ...ConnectedApp,
    clientName: Type.String(),
    scopes: Type.Array(Type.String()),
  }),
  'auth.app-disconnected': Type.Object(ConnectedApp),
  'auth.client-registered': Type.Object({ ...ClientHandled, clientName: Type.String() }),
  'auth.client-secret-renewed': Type.Object(ClientHandled),
  'auth.client-removed': Type.Object(ClientHandled),
  'user.profile-created': Type.Object({ userId: Uuid }),
  'user.profile-changed': Type.Object({ userId: Uuid, fields: Type.Array(Type.String()) }),
  'user.kyc-submitted': Type.Object({ ...SubmissionOf, tier: KycTier }),
  /** A file cannot be used; `reason`: why. */
  'user.kyc-file-refused': Type.Object({
    ...SubmissionOf,
    documentKind: KycDocumentKind,
    reason: Type.String(),
  }),
  'user.kyc-withdrawn': Type.Object(SubmissionOf),
  'user.kyc-claimed': Type.Object(ReviewOf),
  'user.kyc-released': Type.Object(ReviewOf),
  /** A reviewer saw the form, or a page of a document. */
  'user.kyc-viewed': Type.Object({
    ...ReviewOf,
    documentId: Type.Optional(Uuid),
    page: Type.Optional(Type.Integer()),
  }),
  /** `propose`: approved by the first of two. */
  'user.kyc-decided': Type.Object({
    ...ReviewOf,
    tier: KycTier,
    kycDecision: Type.Enum(['approve', 'propose', 'reject', 'revise']),
    /** To the person. */
    note: Type.Optional(Type.String()),
    documentKinds: Type.Optional(Type.Array(KycDocumentKind)),
  }),
  'user.kyc-reopened': Type.Object({ ...ReviewOf, note: Type.String() }),
  /** What counts from now on. */
  'user.kyc-tier-changed': Type.Object({
    userId: Uuid,
    tier: Type.Enum(['none', 'minimum', 'full']),
    until: Type.Optional(Timestamp),
    reason: Type.Enum(['approved', 'expired']),
  }),
  'user.kyc-expiring': Type.Object({ userId: Uuid, tier: KycTier, until: Timestamp }),
  'account.linked': Type.Object({ ...accountOf, bank: Type.String(), maskedNumber: Type.String() }),
  /** Nothing is paid from it, nor into it by a UPI ID, until it is linked again. */
  'account.unlinked': Type.Object({ ...accountOf, bank: Type.String(), maskedNumber: Type.String() }),
  'account.default-chosen': Type.Object(accountOf),
  'account.pin-set': Type.Object({ ...accountOf, changed: Type.Boolean() }),
  'account.pin-locked': Type.Object(accountOf),
  'account.vpa-created': Type.Object({ ...accountOf, vpa: Vpa, primary: Type.Boolean() }),
  'account.vpa-changed': Type.Object({ ...accountOf, vpa: Vpa, primary: Type.Boolean() }),
  /** Nobody can pay it any more. `by`: its owner, an operator, or the rules that it broke. */
  'account.vpa-released': Type.Object({
    ...accountOf,
    vpa: Vpa,
    by: Type.Enum(['owner', 'operator', 'rules']),
    operatorId: Type.Optional(Uuid),
    note: Type.Optional(Type.String()),
  }),
  /** Who pays the UPI number pays this UPI ID from now on. */
  'account.number-set': Type.Object({ ...accountOf, upiNumber: Type.String(), vpa: Vpa }),
  /** `by`: its owner, or because the UPI ID that it led to was closed, or the person has another phone now. */
  'account.number-released': Type.Object({
    userId: Uuid,
    upiNumber: Type.String(),
    vpa: Vpa,
    by: Type.Enum(['owner', 'vpa', 'phone']),
  }),
  'account.balance-shown': Type.Object(accountOf),
  ...mandateElsewhereEvents,
  'account.bank-account-opened': Type.Object({
    accountRef: Type.String(),
    balancePaise: Type.Integer(),
    mcc: Type.Optional(Mcc),
  }),
  'payment.begun': Type.Object({
    ...PaymentBegun,
    /** Left out: `ledger`. */
    route: Type.Optional(PaymentRoute),
    /** Left out: the default one. */
    initiation: Type.Optional(Initiation),
    /** Left out of payments that other apps began: their own PSP assesses them. */
    assessment: Type.Optional(Assessment),
    /** Whose limits it counts against; left out: those of everybody. */
    limitCategory: Type.Optional(Type.String()),
  }),
  /** The network counts it as paid until the payee's bank confirms or returns it: still pending. */
  'payment.deemed': Type.Object({ ...PaymentBegun, code: Type.String() }),
  'payment.settled': Type.Object({ ...PaymentBegun, settledAt: Timestamp }),
  'payment.failed': Type.Object({
    ...PaymentBegun,
    code: Type.String(),
    message: Type.String(),
    triesLeft: Type.Optional(Type.Integer()),
  }),
  /** The stream is the request's. */
  'payment.request-made': Type.Object({ ...RequestMade, expiresAt: Timestamp }),
  'payment.request-reminded': Type.Object({ ...RequestMade, nth: Type.Integer() }),
  'payment.request-paid': Type.Object({ ...RequestMade, paymentId: Uuid }),
  'payment.request-declined': Type.Object({ ...RequestMade, blocked: Type.Boolean() }),
  'payment.request-cancelled': Type.Object(RequestMade),
  'payment.request-expired': Type.Object(RequestMade),
  /** The network or a bank ended it. */
  'payment.request-failed': Type.Object({ ...RequestMade, code: Type.String() }),
  /** The stream is the person's. `rows`: from when on which controls count; the first ones at once. */
  'payment.controls-changed': Type.Object({
    userId: Uuid,
    by: Type.Enum(['owner', 'sign-in']),
    rows: Type.Array(DatedControls),
    /** Whether something tightens at once, and whether something loosens later. */
    tightens: Type.Boolean(),
    loosens: Type.Boolean(),
    stopped: Type.Boolean(),
  }),
  /** They can neither pay the person nor request from them. The stream is the person who blocks. */
  'payment.person-blocked': Type.Object({ userId: Uuid, vpa: Vpa, blockedUserId: Type.Optional(Uuid) }),
  'payment.person-unblocked': Type.Object({ userId: Uuid, vpa: Vpa, blockedUserId: Type.Optional(Uuid) }),
  /** For operators. The stream is the report. */
  'payment.person-reported': Type.Object({
    userId: Uuid,
    reportId: Uuid,
    vpa: Vpa,
    reportedUserId: Type.Optional(Uuid),
    reason: Type.String(),
    text: Type.Optional(Type.String()),
    paymentId: Type.Optional(Uuid),
  }),
  /** Staff saw who paid whom; the stream is the act's. */
  'payment.revealed': Type.Object({ paymentId: Uuid, actorId: Uuid, note: Type.String() }),
  /** An operator's command has moved a month of the books to an archive; the stream is the month's. */
  'payment.month-archived': Type.Object({
    ...{ month: Type.String(), rows: Type.Integer(), sha256: Type.String(), note: Type.String() },
  }),
  'payment.schedule-made': Type.Object(SchedulePlanned),
  'payment.schedule-changed': Type.Object(SchedulePlanned),
  'payment.schedule-paused': Type.Object(ScheduleOf),
  'payment.schedule-resumed': Type.Object(ScheduleOf),
  /** `completed`: its last date is over. */
  'payment.schedule-ended': Type.Object({ ...ScheduleOf, reason: Type.Enum(['person', 'completed']) }),
  'payment.schedule-reminded': Type.Object(OccurrenceOf),
  'payment.schedule-due': Type.Object({ ...OccurrenceOf, payableUntil: Timestamp }),
  'payment.schedule-paid': Type.Object({ ...OccurrenceOf, paymentId: Uuid }),
  'payment.schedule-skipped': Type.Object(OccurrenceOf),
  'payment.schedule-missed': Type.Object(OccurrenceOf),
  /** The stream is the mandate's. */
  'payment.mandate-requested': Type.Object({ ...MandateOf, terms: MandateTerms, expiresAt: Timestamp }),
  'payment.mandate-authorised': Type.Object({ ...MandateOf, terms: MandateTerms }),
  'payment.mandate-declined': Type.Object(MandateOf),
  /** The bank did not authorise what the payer asked for. */
  'payment.mandate-failed': Type.Object({ ...MandateOf, code: Type.String() }),
  'payment.mandate-updated': Type.Object({ ...MandateOf, terms: MandateTerms }),
  'payment.mandate-paused': Type.Object({ ...MandateOf, pausedFrom: IstDate, pausedUntil: IstDate }),
  'payment.mandate-unpaused': Type.Object(MandateOf),
  'payment.mandate-revoked': Type.Object({ ...MandateOf, by: Type.Enum(['payer', 'payee']) }),
  'payment.mandate-expired': Type.Object(MandateOf),
  /** The payer moved it: `payer` is as it is from then on. */
  'payment.mandate-ported': Type.Object({ ...MandateOf, fromVpa: Vpa }),
  /** The payer moved it here from another app, in which it had the number `fromUmn`. */
  'payment.mandate-ported-in': Type.Object({
    ...MandateOf,
    terms: MandateTerms,
    app: Type.String(),
    fromUmn: Vpa,
  }),
  /** The payer moved it to another app, in which it has the number `toUmn`. */
  'payment.mandate-ported-out': Type.Object({ ...MandateOf, app: Type.String(), toUmn: Vpa }),
  /** The notice before a debit: not made before `executeAt`; above the limit only with the PIN. */
  'payment.mandate-debit-announced': Type.Object({
    ...DebitOf,
    executeAt: Timestamp,
    needsApproval: Type.Boolean(),
  }),
  /** The app of a payee elsewhere asks for a debit that needs the PIN: the payer can approve it until then. */
  'payment.mandate-debit-asked': Type.Object({ ...DebitOf, answerUntil: Timestamp }),
  'payment.mandate-debit-paid': Type.Object({ ...DebitOf, paymentId: Uuid }),
  /** One attempt; without `nextAt` it was the last one. */
  'payment.mandate-debit-failed': Type.Object({
    ...DebitOf,
    code: Type.String(),
    nextAt: Type.Optional(Timestamp),
    paymentId: Type.Optional(Uuid),
  }),
  'payment.mandate-debit-skipped': Type.Object(DebitOf),
  /** The app of the payer elsewhere did not take the notice: nothing is debited, and the number may be used again. */
  'payment.mandate-debit-refused': Type.Object({ ...DebitOf, code: Type.String() }),
  /** The stream is the statement's; `sha256`: of its file. */
  'payment.statement-made': Type.Object({
    userId: Uuid,
    statementId: Uuid,
    fromOn: IstDate,
    toOn: IstDate,
    format: Type.String(),
    rows: Type.Integer(),
    sha256: Type.String(),
  }),
  'payment.cycle-reconciled': Type.Object({
    cycle: Type.String(),
    matched: Type.Integer(),
    open: Type.Integer(),
    networkNetPaise: Type.Integer(),
    ledgerNetPaise: Type.Integer(),
  }),
  ...stopEvents,
  'payment.difference-opened': Type.Object(DifferenceOf),
  'payment.difference-closed': Type.Object({
    ...DifferenceOf,
    /** By hand: who, and why. */
    closedBy: Type.Optional(Uuid),
    note: Type.Optional(Type.String()),
  }),
  /** A live message: sent to open apps and not stored, as the message itself is. */
  'notification.created': Type.Object({ userId: Uuid, message: Message }),
  'notification.preferences-changed': Type.Object({ userId: Uuid, fields: Type.Array(Type.String()) }),
  'notification.delivered': Type.Object({ deliveryId: Uuid, channel: Type.String(), subject: Type.String() }),
  'notification.undelivered': Type.Object({
    deliveryId: Uuid,
    channel: Type.String(),
    subject: Type.String(),
    error: Type.String(),
  }),
  ...privacyEvents,
  ...revocationEvents,
  ...signInEvents,
  ...auditEvents,
} as const

/**
 * Which service consumes whose events. A publisher declares the queues of its consumers first, so that an event
 * published before a consumer's first start is kept for it.
 */
export const subscriptions = {
  payment: ['user'],
  notification: ['auth', 'user', 'account', 'payment'],
  audit: ['auth', 'user', 'account', 'payment', 'notification', 'audit'],
} satisfies Partial<Record<ServiceName, ServiceName[]>>

/** The source of live messages, which are not stored. */
export const liveSource = 'live'

export type EventType = keyof typeof events
export type EventData<T extends EventType> = Static<(typeof events)[T]>
