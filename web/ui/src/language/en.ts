// The texts of the components in English: the list that other languages follow.
import type { Texts } from './translate.ts'

export const en = {
  'action.back': 'Back',
  'action.close': 'Close',
  'action.copy': 'Copy',
  'action.copied': 'Copied',
  'action.retry': 'Try again',
  'state.loading': 'Loading',
  'state.offline': 'This needs the network',
  'state.offline-more': 'It was not saved on this device. It comes as soon as you are online.',
  'amount.pad': 'Keys for the amount',
  'amount.erase': 'Erase the last digit',
  'amount.point': 'Decimal point',
  'amount.not-one': 'That is not one amount. Type it in rupees, such as 1250.50.',
} as const satisfies Texts<string>

export type UiTextKey = keyof typeof en
