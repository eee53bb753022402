// The phone number as people type it, and as the services know it.
const pattern = /^\+91[6-9][0-9]{9}$/

/** `98765 43210`, `+91 98765-43210`, `098765 43210` → `+919876543210`; undefined when it is none. */
export function parsePhone(typed: string): string | undefined {
  const digits = typed.replaceAll(/\D/g, '').replace(/^0+/, '')
  const local = digits.length === 12 && digits.startsWith('91') ? digits.slice(2) : digits
  const phone = `+91${local}`
  return pattern.test(phone) ? phone : undefined
}

/** `+91 98765 43210` */
export function formatPhone(phone: string): string {
  return phone.replace(/^(\+91)(\d{5})(\d{5})$/, '$1 $2 $3')
}
