// The texts of lists of disconnected numbers in both languages, loaded with their page.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'revoked.about':
    'People whose number is on a list, and who have not proven it since, lose its UPI number, and codes to it prove ' +
    'nothing until they prove it again. They are told in the app, by push and by email.',
  'revoked.new': 'Upload a list',
  'revoked.new-about':
    'Text or CSV, a number a line: number, date, reason. It is on record that you sent it. A list above 6 MB is sent ' +
    'by the command revoked-numbers.',
  'revoked.file': 'File',
  'revoked.file-wrong': 'Choose a file.',
  'revoked.listed-on': 'Day of the list',
  'revoked.again': '{day}, unchanged on {again}',
  'revoked.listed-on-wrong': 'Choose a day that has come.',
  'revoked.none': 'No list was uploaded yet',
  'revoked.uploaded': 'Uploaded',
  'revoked.by': 'By',
  'revoked.feed': 'Feed',
  'revoked.part': 'Part',
  'revoked.rows': 'Rows',
  'revoked.hit': 'Revoked',
  'revoked.already': 'Revoked before',
  'revoked.proven': 'Proven since',
  'revoked.refused': 'Refused lines',
  'revoked.line': 'Line {line}, {ending}: {why}',
  'revoked.why-number': 'no mobile number',
  'revoked.why-date': 'no date',
  'revoked.why-later': 'a day after the list',
  'revoked.why-length': 'too long',
} as const

type RevokedTextKey = keyof typeof en

const hi: Texts<RevokedTextKey> = {
  'revoked.about':
    'जिनका नंबर सूची में है और जिन्होंने उसके बाद उसे साबित नहीं किया, उनका वह UPI नंबर बंद होता है, और उस पर आए ' +
    'कोड तब तक मान्य नहीं जब तक वे नंबर फिर साबित न करें। उन्हें ऐप, पुश और ईमेल से बताया जाता है।',
  'revoked.new': 'सूची अपलोड करें',
  'revoked.new-about':
    'टेक्स्ट या CSV, हर पंक्ति में एक नंबर: नंबर, तारीख, कारण। दर्ज होगा कि सूची आपने भेजी। 6 MB से बड़ी सूची ' +
    'कमांड revoked-numbers से भेजें।',
  'revoked.file': 'फ़ाइल',
  'revoked.file-wrong': 'फ़ाइल चुनें।',
  'revoked.listed-on': 'सूची का दिन',
  'revoked.again': '{day}, {again} को वही',
  'revoked.listed-on-wrong': 'आज या पहले का दिन चुनें।',
  'revoked.none': 'अभी कोई सूची अपलोड नहीं हुई',
  'revoked.uploaded': 'अपलोड हुई',
  'revoked.by': 'किसने',
  'revoked.feed': 'फ़ीड',
  'revoked.part': 'भाग',
  'revoked.rows': 'पंक्तियाँ',
  'revoked.hit': 'बंद किए गए',
  'revoked.already': 'पहले से बंद',
  'revoked.proven': 'बाद में साबित',
  'revoked.refused': 'अस्वीकृत पंक्तियाँ',
  'revoked.line': 'पंक्ति {line}, {ending}: {why}',
  'revoked.why-number': 'मोबाइल नंबर नहीं',
  'revoked.why-date': 'तारीख नहीं',
  'revoked.why-later': 'सूची के बाद का दिन',
  'revoked.why-length': 'बहुत लंबी',
}

export const revokedTexts = { en, hi } satisfies Record<Language, Texts<RevokedTextKey>>

export const useRevokedText = () => useScreenText(revokedTexts)
