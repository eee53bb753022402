// The texts of own limits in both languages, loaded with their screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'my-limits.about':
    'Lowering a limit counts at once. Raising one needs your password and counts {hours} hours later. UPI’s own limits still apply.',
  'my-limits.amounts': 'At most',
  'my-limits.none': 'No limit',
  'my-limits.when': 'When and whom',
  'my-limits.hours': 'Hours',
  'my-limits.hours-under': 'When you can pay',
  'my-limits.hours-any': 'Any time',
  'my-limits.hours-some': 'Some hours',
  'my-limits.hours-from': 'From',
  'my-limits.hours-until': 'Until',
  'my-limits.hours-india': 'Indian time',
  'my-limits.people': 'Pay people',
  'my-limits.people-under': 'Off: only merchants can be paid',
  'my-limits.payees': 'For one payee',
  'my-limits.payee': 'Limit for a payee',
  'my-limits.add-payee': 'Add a payee',
  'my-limits.payee-vpa': 'UPI ID',
  'my-limits.payee-wrong': 'Enter a UPI ID like name@bank.',
  'my-limits.payee-none': 'Enter an amount for a day or a month.',
  'my-limits.a-day': '{amount} a day',
  'my-limits.a-month': '{amount} a month',
  'my-limits.at-most': 'At most',
  'my-limits.count-none': 'Enter how many payments.',
  'my-limits.remove': 'Remove this limit',
  'my-limits.stop': 'Stop all payments',
  'my-limits.stop-title': 'Stop all payments?',
  'my-limits.stop-text':
    'No money leaves your accounts any more. You can still receive. Resuming needs your password and takes {hours} hours.',
  'my-limits.stopped': 'Payments are stopped',
  'my-limits.stopped-text': 'No money leaves your accounts. You can still receive.',
  'my-limits.resume': 'Resume payments',
  'my-limits.resumes': 'Payments resume on {at}.',
  'my-limits.later': 'Your limits rise on {at}.',
  'my-limits.keep': 'Keep the limits of now',
  'my-limits.offline': 'You’re offline. Limits can be changed once you’re back.',
}

type LimitsTextKey = keyof typeof en

const hi: Texts<LimitsTextKey> = {
  'my-limits.about':
    'सीमा घटाना तुरंत लागू होता है। बढ़ाने के लिए पासवर्ड चाहिए और वह {hours} घंटे बाद लागू होता है। UPI की सीमा से ज़्यादा कभी नहीं।',
  'my-limits.amounts': 'ज़्यादा से ज़्यादा',
  'my-limits.none': 'कोई सीमा नहीं',
  'my-limits.when': 'कब और किसे',
  'my-limits.hours': 'समय',
  'my-limits.hours-under': 'जब भुगतान हो सकता है',
  'my-limits.hours-any': 'किसी भी समय',
  'my-limits.hours-some': 'कुछ घंटे',
  'my-limits.hours-from': 'से',
  'my-limits.hours-until': 'तक',
  'my-limits.hours-india': 'भारतीय समय',
  'my-limits.people': 'लोगों को भुगतान',
  'my-limits.people-under': 'बंद: केवल व्यापारियों को भुगतान',
  'my-limits.payees': 'किसी एक के लिए',
  'my-limits.payee': 'किसी एक की सीमा',
  'my-limits.add-payee': 'किसी को जोड़ें',
  'my-limits.payee-vpa': 'UPI ID',
  'my-limits.payee-wrong': 'name@bank जैसी UPI ID डालें।',
  'my-limits.payee-none': 'एक दिन या महीने की राशि डालें।',
  'my-limits.a-day': 'दिन में {amount}',
  'my-limits.a-month': 'महीने में {amount}',
  'my-limits.at-most': 'ज़्यादा से ज़्यादा',
  'my-limits.count-none': 'भुगतानों की संख्या डालें।',
  'my-limits.remove': 'यह सीमा हटाएँ',
  'my-limits.stop': 'सारे भुगतान रोकें',
  'my-limits.stop-title': 'सारे भुगतान रोकें?',
  'my-limits.stop-text':
    'आपके खातों से अब कोई पैसा नहीं जाएगा। पैसे आ सकते हैं। फिर शुरू करने के लिए पासवर्ड चाहिए और {hours} घंटे लगते हैं।',
  'my-limits.stopped': 'भुगतान रुके हुए हैं',
  'my-limits.stopped-text': 'आपके खातों से कोई पैसा नहीं जा रहा। पैसे आ सकते हैं।',
  'my-limits.resume': 'भुगतान फिर शुरू करें',
  'my-limits.resumes': 'भुगतान {at} को फिर शुरू होंगे।',
  'my-limits.later': 'आपकी सीमाएँ {at} को बढ़ेंगी।',
  'my-limits.keep': 'अभी की सीमाएँ रखें',
  'my-limits.offline': 'आप ऑफ़लाइन हैं। ऑनलाइन होने पर सीमाएँ बदली जा सकती हैं।',
}

export const limitsTexts = { en, hi } satisfies Record<Language, Texts<LimitsTextKey>>

export const useLimitsText = () => useScreenText(limitsTexts)
