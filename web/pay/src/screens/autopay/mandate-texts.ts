// The texts of one mandate in both languages, loaded with its screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'autopay.debits': 'Debits',
  'autopay.debit-planned': 'Will be debited',
  'autopay.debit-awaiting-approval': 'Needs your UPI PIN',
  'autopay.debit-not-asked': 'You are asked for it when the app of {name} presents it.',
  'autopay.debit-paid': 'Debited',
  'autopay.debit-failed': 'Failed',
  'autopay.debit-skipped': 'Skipped',
  'autopay.pay-debit': 'Pay with UPI PIN',
  'autopay.skip': 'Skip this debit',
  'autopay.pause': 'Pause',
  'autopay.unpause': 'Resume with UPI PIN',
  'autopay.revoke': 'Cancel AutoPay',
  'autopay.revoke-title': 'Cancel this AutoPay?',
  'autopay.revoke-hint': 'Nothing more is debited. To start again, the merchant has to ask you anew.',
  'autopay.pause-title': 'Pause AutoPay',
  'autopay.pause-hint': 'Nothing is debited on these days. To resume earlier, you need your UPI PIN.',
  'autopay.pause-from': 'First day of the pause',
  'autopay.pause-until': 'Last day of the pause',
  'autopay.pause-now': 'Pause on these days',
  'autopay.paused': 'Paused',
  'autopay.paused-days': '{from} to {until}',
  'autopay.debit-paused': 'Not debited while paused',
  'autopay.change': 'Change amount or last day',
  'autopay.change-title': 'Change AutoPay',
  'autopay.change-save': 'Change with UPI PIN',
  'autopay.change-none': 'Nothing has changed yet.',
  'autopay.change-over': 'This AutoPay can’t be changed now',
  'autopay.change-hint': 'It counts for the debits after this. All else stays as it is.',
}

type MandateTextKey = keyof typeof en

const hi: Texts<MandateTextKey> = {
  'autopay.debits': 'कटौतियाँ',
  'autopay.debit-planned': 'कटने वाला है',
  'autopay.debit-awaiting-approval': 'UPI PIN चाहिए',
  'autopay.debit-not-asked': 'जब {name} का ऐप इसे माँगेगा, तब आपसे पूछा जाएगा।',
  'autopay.debit-paid': 'कट गया',
  'autopay.debit-failed': 'विफल',
  'autopay.debit-skipped': 'छोड़ा गया',
  'autopay.pay-debit': 'UPI PIN से भुगतान करें',
  'autopay.skip': 'यह कटौती छोड़ें',
  'autopay.pause': 'रोकें',
  'autopay.unpause': 'UPI PIN से फिर चालू करें',
  'autopay.revoke': 'ऑटोपे बंद करें',
  'autopay.revoke-title': 'यह ऑटोपे बंद करें?',
  'autopay.revoke-hint': 'अब कुछ नहीं कटेगा। फिर से शुरू करने के लिए व्यापारी को दोबारा अनुरोध करना होगा।',
  'autopay.pause-title': 'ऑटोपे रोकें',
  'autopay.pause-hint': 'इन दिनों में कुछ नहीं कटेगा। पहले चालू करने के लिए UPI PIN लगेगा।',
  'autopay.pause-from': 'रोकने का पहला दिन',
  'autopay.pause-until': 'रोकने का आख़िरी दिन',
  'autopay.pause-now': 'इन दिनों के लिए रोकें',
  'autopay.paused': 'रोक',
  'autopay.paused-days': '{from} से {until} तक',
  'autopay.debit-paused': 'रोक के दौरान नहीं कटेगा',
  'autopay.change': 'राशि या आख़िरी दिन बदलें',
  'autopay.change-title': 'ऑटोपे बदलें',
  'autopay.change-save': 'UPI PIN डालकर बदलें',
  'autopay.change-none': 'अभी कुछ बदला नहीं है।',
  'autopay.change-over': 'यह ऑटोपे अभी नहीं बदल सकता',
  'autopay.change-hint': 'यह आगे की कटौतियों पर लागू होगा। बाकी सब वैसा ही रहेगा।',
}

export const mandateTexts = { en, hi } satisfies Record<Language, Texts<MandateTextKey>>

export const useMandateTexts = () => useScreenText(mandateTexts)
