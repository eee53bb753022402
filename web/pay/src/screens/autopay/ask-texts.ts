// The texts of asking somebody for AutoPay in both languages, loaded with its screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'autopay-ask.title': 'Ask for AutoPay',
  'autopay-ask.more': 'From somebody you name, who approves it',
  'autopay-ask.choose': 'Ask for AutoPay from',
  'autopay-ask.asks': 'You ask {name} to allow',
  'autopay-ask.send': 'Ask {name}',
  'autopay-ask.hint':
    '{name} approves it with their UPI PIN, or declines. Nothing is debited before, and they are told before each debit.',
}
type AskTextKey = keyof typeof en

const hi: Record<AskTextKey, string> = {
  'autopay-ask.title': 'ऑटोपे माँगें',
  'autopay-ask.more': 'जिसे आप चुनें, वे मंज़ूरी देंगे',
  'autopay-ask.choose': 'किससे ऑटोपे माँगें',
  'autopay-ask.asks': 'आप {name} से अनुमति माँग रहे हैं',
  'autopay-ask.send': '{name} से माँगें',
  'autopay-ask.hint':
    '{name} अपने UPI पिन से मंज़ूरी देंगे या मना करेंगे। उससे पहले कुछ नहीं कटेगा, और हर बार पैसे कटने से पहले उन्हें बताया जाएगा।',
}

const askTexts = { en, hi } satisfies Record<Language, Texts<AskTextKey>>

export const useAskText = () => useScreenText(askTexts)
