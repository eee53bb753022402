// Which messages a person has switched off, by kind and channel, as far as the rules in force let them. Pure.
import {
  messageKinds,
  mutingRules,
  type MessageChannel,
  type MessageKind,
  type Muted,
} from '@bahi/contracts/message-kinds.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { Template } from '../messages/templates.ts'

/** By the beginning of the template's name; the first that fits. */
const kindsByPrefix: [prefix: string, MessageKind][] = [
  ['payment.received', 'received'],
  ['payment.', 'paid'],
  ['request.', 'requests'],
  ['schedule.', 'schedules'],
  ['mandate.', 'mandates'],
  ['account.linked', 'account'],
  ['account.vpa-created', 'account'],
  ['kyc.', 'account'],
  ['auth.registered', 'account'],
]

/** Undefined: about the person's security, which nobody switches off. */
export const kindOf = (template: Template): MessageKind | undefined =>
  kindsByPrefix.find(([prefix]) => template.startsWith(prefix))?.[1]

/** The channels that are off for what the template says; what may no longer be switched off is on again. */
export function mutedChannels(muted: Muted, template: Template, at: Date): readonly MessageChannel[] {
  const kind = kindOf(template)
  return kind === undefined ? [] : stillMuted(muted, kind, at)
}

const stillMuted = (muted: Muted, kind: MessageKind, at: Date): MessageChannel[] =>
  rulesAt(mutingRules, at).mutable[kind].filter((channel) => muted[kind]?.includes(channel))

/** Without what the rules do not let be switched off, and without kinds of which nothing is. */
export function effective(muted: Muted, at: Date): Muted {
  const kept: Muted = {}
  for (const kind of messageKinds) {
    const channels = stillMuted(muted, kind, at)
    if (channels.length > 0) kept[kind] = channels
  }
  return kept
}

/** The kinds of which a channel is switched off that has to stay on. */
export function notMutable(muted: Muted, at: Date): MessageKind[] {
  const kept = effective(muted, at)
  return messageKinds.filter((kind) => muted[kind]?.some((channel) => !kept[kind]?.includes(channel)))
}

/** The kinds that differ; both as `effective` gives them. */
export const changedKinds = (before: Muted, wanted: Muted): MessageKind[] =>
  messageKinds.filter((kind) => before[kind]?.join() !== wanted[kind]?.join())
