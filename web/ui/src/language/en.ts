// The texts of the components in English: the list that other languages follow.
import type { Texts } from './translate.ts'

export const en = {
  'action.back': 'Back',
  'action.close': 'Close',
  'action.copy': 'Copy',
  'action.copied': 'Copied',
  'action.retry': 'Try again',
  'problem.reference': '{text} Reference: {id}',
  'state.loading': 'Loading',
  'state.offline': 'You’re offline',
  'state.offline-more': 'This isn’t saved on this device. It loads when you’re back online.',
  'amount.pad': 'Amount keypad',
  'amount.erase': 'Delete last digit',
  'amount.point': 'Decimal point',
  'amount.not-one': 'That is not one amount. Type it in rupees, such as 1250.50.',
} as const satisfies Texts<string>

export type UiTextKey = keyof typeof en
