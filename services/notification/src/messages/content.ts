// What a message is made of before it has a text and a number.
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
  email: 'never' | 'wanted'
}

/** Without what every message has from its event. */
export type ContentOfEvent = Omit<MessageContent, 'type' | 'subject'>
