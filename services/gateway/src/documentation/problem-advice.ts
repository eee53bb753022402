// What to do about each refusal: the page behind the `type` of a problem document.
import { Problem, problemCodes, type ProblemCode } from '@bahi/contracts/problem.ts'

/** For who writes a client. Codes without words of their own get those of their status. */
const advice: Partial<Record<ProblemCode, string>> = {
  'request-invalid': 'See `fields` for what is wrong and where; correct it before you send it again.',
  'pin-block-invalid': 'Encrypt the PIN anew with the current key, for this very use, and send it at once.',
  'id-out-of-range': 'Make the id with the present time: check the clock of the device.',
  'otp-wrong': 'Ask the person for the newest code; after five wrong tries request a new one.',
  'card-wrong': 'Ask the person to read the last six digits and the expiry from the debit card again.',
  'pin-weak': 'Ask for a PIN without repeated or consecutive digits.',
  'password-weak': 'Ask for a longer password that is no common phrase.',
  unauthenticated: 'Refresh the access token; when that is refused too, let the person sign in again.',
  'otp-required': 'Request a one-time code and sign in with it once on this device.',
  'refresh-token-invalid': 'Forget both tokens and let the person sign in again.',
  'not-allowed': 'This needs another role; asking again changes nothing.',
  'pin-wrong': '`triesLeft` says how often the PIN may still be tried before it is locked.',
  'pin-locked': 'Let the person set a new UPI PIN with the debit card, or wait a day.',
  'method-not-allowed': 'The header `allow` names the methods that work here.',
  'phone-taken': 'Let the person sign in instead.',
  'vpa-taken': 'Offer one of the suggestions.',
  'account-linked': 'List the accounts: it is there already.',
  'pin-not-set': 'Let the person set a UPI PIN first.',
  'id-reused': 'The same id stands for other content. Look at what the id holds, or make a new id.',
  'wrong-state': 'Fetch the present state and decide anew.',
  'body-too-large': 'A body may have 64 KiB.',
  'media-type-unsupported': 'Send JSON as application/json, without content-encoding.',
  'otp-too-soon': 'Wait `retryAfterS` seconds; the code that was sent is still good.',
  'login-locked': 'Wait `retryAfterS` seconds before the next try.',
  'bank-unreachable': 'Try again shortly, with the same id where there is one.',
}

const adviceByStatus: Record<number, string> = {
  400: 'Correct the request before you send it again.',
  401: 'Prove who asks, then ask again.',
  403: 'Asking again changes nothing.',
  404: 'Check the address and the id. What belongs to somebody else looks like nothing.',
  409: 'Fetch the present state and decide anew.',
  429: 'Wait `retryAfterS` seconds, then try again; spread requests over time.',
  500: 'Try again with the same id where there is one; quote `instance` to support when it stays.',
  503: 'Wait `retryAfterS` seconds and try again with the same id: nothing was done twice.',
  504: 'The outcome is not known. Ask again with the same id: it gives the same result, once.',
}

/** Undefined when there is no such problem. */
export function explainProblem(code: string): Record<string, unknown> | undefined {
  if (!(problemCodes as string[]).includes(code)) return undefined
  const problem = new Problem(code as ProblemCode)
  return {
    type: `/problems/${code}`,
    code,
    status: problem.status,
    title: problem.title,
    whatToDo: advice[problem.code] ?? adviceByStatus[problem.status] ?? adviceByStatus[500],
  }
}
