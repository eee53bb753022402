// What a message is made of before it has a text and a number.
import { withoutControls } from './safe-text.ts'
import type { Template, Values } from './templates.ts'

/** One message for one person. */
export type MessageContent = {
  userId: string
  /** Type of the event. */
  type: string
  /** Subject of the event, by which operators find deliveries. */
  subject: string
  template: Template
  values: Values
  /** Facts from which the app updates its screens. */
  data: Record<string, unknown>
  /** Always: debits and messages about the person's security are sent whatever the preferences say. */
  sms: 'never' | 'wanted' | 'always'
  /** Always: what whoever has got hold of the phone must not be able to hide. */
  email: 'never' | 'wanted' | 'always'
  /** Of the event, where its trace is kept. */
  traceparent?: string | undefined
}

/** Without what every message has from its event. */
export type ContentOfEvent = Omit<MessageContent, 'type' | 'subject' | 'traceparent'>

type Party = { userId?: string; vpa: string; name: string }
type About = {
  amountPaise: number
  data: Record<string, unknown>
  values?: Values
  /** Default: never. */
  sms?: MessageContent['sms']
}

/** The message for one side of what two people agree on; none for somebody who is not our customer. */
export function contentFor(
  recipient: Party,
  other: Party,
  template: Template,
  { amountPaise, data, values, sms = 'never' }: About,
): ContentOfEvent[] {
  if (recipient.userId === undefined) return []
  const counterpart = { vpa: other.vpa, name: withoutControls(other.name) }
  return [
    {
      userId: recipient.userId,
      template,
      values: { amountPaise: String(amountPaise), name: other.name, ...values },
      data: { ...data, amountPaise, counterpart },
      sms,
      email: 'never',
    },
  ]
}
