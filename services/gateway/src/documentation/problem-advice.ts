// What a client does about each problem: the page behind the `type` of a problem document.
import { Problem, problemCodes, type ProblemCode } from '@bahi/contracts/problem.ts'

/** For developers of clients. A code without advice of its own gets that of its status. */
const advice: Partial<Record<ProblemCode, string>> = {
  'request-invalid': 'See `fields` for what is wrong and where; correct it before you send it again.',
  'pin-block-invalid': 'Encrypt the PIN again with the current key for this one use, and send it at once.',
  'id-out-of-range': 'Make the id from the current time: check the clock of the device.',
  'otp-wrong': 'Ask the person for the newest code; after five wrong attempts request a new one.',
  'card-wrong': 'Ask the person to read the last six digits and the expiry from the debit card again.',
  'pin-weak': 'Ask for a PIN without repeated or consecutive digits.',
  'password-weak': 'Ask for a longer password that is not a common phrase.',
  unauthenticated: 'Refresh the access token; if that is refused too, let the person sign in again.',
  'otp-required': 'Request a one-time code and sign in with it once on this device.',
  'refresh-token-invalid': 'Delete both tokens and let the person sign in again.',
  'device-proof-invalid':
    'Sign a new DPoP proof with the key of this device, for this method, address, token and time (header `date`).',
  'not-allowed': 'This needs a permission that the caller does not have; sending it again changes nothing.',
  'step-up-required':
    'Let the person prove it by one of `stepUp.proofs`, and send the request again with `stepUp`: their password, or ' +
    'the proof that `POST /v1/auth/step-up` answers.',
  'second-factor-required':
    'Let the person prove it with `POST /v1/auth/second-factor/prove`, after enrolling if need be, and send it again.',
  'second-factor-wrong':
    'Ask the person for the code that the app shows now; one that was used is worth nothing.',
  'passkey-wrong': 'Get another challenge, and let the person try the passkey again or use another proof.',
  'password-wrong':
    'Ask the person for their password again; too many wrong ones lock such changes for a while.',
  'pin-wrong': '`triesLeft` is the number of attempts left before the PIN is locked.',
  'pin-locked': 'Let the person set a new UPI PIN with the debit card, or wait a day.',
  'method-not-allowed': 'The header `allow` names the methods that work here.',
  'phone-taken': 'Let the person sign in instead.',
  'vpa-taken': 'Offer one of the suggestions.',
  'number-taken': 'Offer another number.',
  'pin-not-set': 'Let the person set a UPI PIN first.',
  'id-reused': 'The id was used with other content. Read what the id stands for, or make a new id.',
  'account-has-vpas': 'Close its UPI IDs, or send `moveVpasTo` with the account that they lead to instead.',
  'account-has-mandates': 'Let the person revoke these mandates first.',
  'payments-stopped':
    'Staff have stopped it while something is wrong; `detail` may say more. Let the person try later.',
  'person-frozen': 'Nothing helps until the freeze ends: let the person call.',
  'account-dormant':
    'With `email` in `stepUp.proofs` a code was mailed: send the request again with `emailOtp` too. Without, let the ' +
    'person call, or register with `numberIsNew` if the number is new to them.',
  'phone-revoked':
    'Let the person prove the number by a code that comes now, or move to another one. At sign-in, with `email` in ' +
    '`stepUp.proofs`, a code was mailed: send the request again with `emailOtp`; without, let the person call.',
  'account-has-holds': 'Wait until the payment has ended; it does so by itself.',
  'wrong-state': 'Fetch the current state and decide again.',
  'body-too-large': 'A body may have at most 64 KiB.',
  'media-type-unsupported': 'Send JSON as application/json, without content-encoding.',
  'otp-too-soon': 'Wait `retryAfterS` seconds; a code that was sent in the last few minutes is still valid.',
  'login-locked': 'Wait `retryAfterS` seconds before the next attempt.',
  'bank-unreachable': 'Try again shortly, with the same id where there is one.',
}

const adviceByStatus: Record<number, string> = {
  400: 'Correct the request before you send it again.',
  401: 'Authenticate, then send the request again.',
  403: 'Sending it again changes nothing.',
  404: 'Check the URL and the id. What belongs to somebody else is answered as not found.',
  409: 'Fetch the current state and decide again.',
  429: 'Wait `retryAfterS` seconds, then try again; spread requests over time.',
  500: 'Try again with the same id where there is one; if it persists, quote `instance` to support.',
  503: 'Wait `retryAfterS` seconds and try again with the same id: nothing was done twice.',
  504: 'The outcome is unknown. Send it again with the same id: it takes effect only once.',
}

/** Undefined for an unknown code. */
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
