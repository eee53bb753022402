// E-mail addresses as mail servers take them: the domain in ASCII, whatever script it was typed in.

/** RFC 5322's dot-atom. Local parts beyond ASCII need servers (RFC 6531) that hardly anybody has: refused. */
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const domain = new RegExp(`^(?:${label}\\.)+(?!\\d+$)${label}$`)
export const maxEmailLength = 254

/** `asha@उदाहरण.भारत` → `asha@xn--p1b6ci4b4b3a.xn--h2brj9c`; undefined when it is no address. */
export function parseEmail(typed: string): string | undefined {
  const text = typed.trim().replace(/^mailto:/i, '')
  const at = text.lastIndexOf('@')
  const [local, given] = [text.slice(0, at), text.slice(at + 1)]
  // What a URL would take out of a host, and what it would decode.
  if (at < 1 || local.length > 64 || !localPart.test(local) || /[\s/\\?#:[\]%@]/.test(given)) return undefined
  const ascii = hostOf(given)
  if (ascii === undefined || ascii.length > 253 || !domain.test(ascii)) return undefined
  const email = `${local}@${ascii}`
  return email.length > maxEmailLength ? undefined : email
}

/** By the rules of the web (UTS 46), which a URL follows. */
function hostOf(name: string): string | undefined {
  try {
    return new URL(`http://${name}`).hostname
  } catch {
    return undefined
  }
}
