// Names of India's states and union territories; loaded with the form alone.
import type { IndianState } from '@bahi/contracts/kyc-forms.ts'
import type { Language } from '../../language/language.ts'

const names: Record<IndianState, readonly [en: string, hi: string]> = {
  AN: ['Andaman and Nicobar Islands', 'अंडमान और निकोबार द्वीपसमूह'],
  AP: ['Andhra Pradesh', 'आंध्र प्रदेश'],
  AR: ['Arunachal Pradesh', 'अरुणाचल प्रदेश'],
  AS: ['Assam', 'असम'],
  BR: ['Bihar', 'बिहार'],
  CG: ['Chhattisgarh', 'छत्तीसगढ़'],
  CH: ['Chandigarh', 'चंडीगढ़'],
  DH: ['Dadra and Nagar Haveli and Daman and Diu', 'दादरा और नगर हवेली और दमन और दीव'],
  DL: ['Delhi', 'दिल्ली'],
  GA: ['Goa', 'गोवा'],
  GJ: ['Gujarat', 'गुजरात'],
  HP: ['Himachal Pradesh', 'हिमाचल प्रदेश'],
  HR: ['Haryana', 'हरियाणा'],
  JH: ['Jharkhand', 'झारखंड'],
  JK: ['Jammu and Kashmir', 'जम्मू और कश्मीर'],
  KA: ['Karnataka', 'कर्नाटक'],
  KL: ['Kerala', 'केरल'],
  LA: ['Ladakh', 'लद्दाख'],
  LD: ['Lakshadweep', 'लक्षद्वीप'],
  MH: ['Maharashtra', 'महाराष्ट्र'],
  ML: ['Meghalaya', 'मेघालय'],
  MN: ['Manipur', 'मणिपुर'],
  MP: ['Madhya Pradesh', 'मध्य प्रदेश'],
  MZ: ['Mizoram', 'मिज़ोरम'],
  NL: ['Nagaland', 'नागालैंड'],
  OD: ['Odisha', 'ओडिशा'],
  PB: ['Punjab', 'पंजाब'],
  PY: ['Puducherry', 'पुदुच्चेरी'],
  RJ: ['Rajasthan', 'राजस्थान'],
  SK: ['Sikkim', 'सिक्किम'],
  TN: ['Tamil Nadu', 'तमिलनाडु'],
  TR: ['Tripura', 'त्रिपुरा'],
  TS: ['Telangana', 'तेलंगाना'],
  UK: ['Uttarakhand', 'उत्तराखंड'],
  UP: ['Uttar Pradesh', 'उत्तर प्रदेश'],
  WB: ['West Bengal', 'पश्चिम बंगाल'],
}
const byCode = new Map(Object.entries(names))

export const stateName = (language: Language, state: IndianState): string =>
  byCode.get(state)![language === 'hi' ? 1 : 0]
