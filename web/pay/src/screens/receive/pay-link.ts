// The link that a code of mine holds: who is paid, and how much when that is said.

type Wanted = { vpa: string; name: string; amountPaise?: number | undefined }

/** `upi://pay?pa=asha@bahi&pn=Asha%20Rao&cu=INR&am=250.00`: spaces as %20, nothing that isn't known. */
export function payLink({ vpa, name, amountPaise }: Wanted): string {
  const given = [
    // The @ stands as it is: some apps look for it before they decode.
    ['pa', encodeURIComponent(vpa).replaceAll('%40', '@')],
    ['pn', encodeURIComponent(name.trim())],
    ...(amountPaise === undefined ? [] : [['am', (amountPaise / 100).toFixed(2)]]),
    ['cu', 'INR'],
  ]
  return `upi://pay?${given.map(([key, value]) => `${key}=${value}`).join('&')}`
}
