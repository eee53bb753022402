// What of an event's data is personal, and whose: taken out where it is erased or sealed, and put back. Pure.
import { isUuid } from './id.ts'
import { isPersonal, masked } from './personal-data.ts'

type Data = Record<string, unknown>
export type Split = {
  /** What is open, in the shape of the whole. */
  open: Data
  /** By person in lower case: what is theirs, in the same shape. */
  personal: Map<string, Data>
}

/**
 * What staff did stays readable, whatever it says: it is the record of what they answer for. What no person of ours is
 * named with stays open too.
 *
 * @param whole of a delta event: with what the first event of its stream says
 */
export function splitPersonal(type: string, data: Data, whole = data): Split {
  if (type.startsWith('audit.')) return { open: data, personal: new Map() }
  return splitObject(data, personIn(data) ?? authorOf(type, whole))
}

/** Throws nothing: what was shredded is not there. */
export function joinPersonal(open: unknown, part: unknown): unknown {
  if (Array.isArray(open) && Array.isArray(part))
    return open.map((item: unknown, i) => joinPersonal(item, part[i]))
  if (!isObject(open) || !isObject(part)) return open
  const names = new Set([...Object.keys(open), ...Object.keys(part)])
  const [mine, theirs] = [new Map(Object.entries(open)), new Map(Object.entries(part))]
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      mine.has(name) ? joinPersonal(mine.get(name), theirs.get(name)) : theirs.get(name),
    ]),
  )
}

/**
 * The data with what is personal of these people, in lower case, in its place but unreadable: it keeps its shape, so
 * that whoever reads it for others can. Again it changes nothing; data that has nothing of them is the same object.
 */
export function maskPeople(type: string, data: Data, userIds: ReadonlySet<string>): Data {
  const { open, personal } = splitPersonal(type, data)
  if (![...personal.keys()].some((userId) => userIds.has(userId))) return data
  return [...personal].reduce<unknown>(
    (whole, [userId, part]) => joinPersonal(whole, userIds.has(userId) ? maskedLeaves(part) : part),
    open,
  ) as Data
}

function maskedLeaves(part: unknown): unknown {
  if (part === null || part === undefined) return part
  if (Array.isArray(part)) return part.map(maskedLeaves)
  if (!isObject(part)) return masked
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, maskedLeaves(value)]))
}

/** Whose is what no party of the event has: a note is its author's, and a party elsewhere is known by ours. */
function authorOf(type: string, { payer, payee }: Data): string | undefined {
  const parties = type.startsWith('payment.request-') ? [payee, payer] : [payer, payee]
  return parties.map(personIn).find((id) => id !== undefined)
}

const personIn = (value: unknown): string | undefined => {
  const id = isObject(value) ? value['userId'] : undefined
  return typeof id === 'string' && isUuid(id.toLowerCase()) ? id.toLowerCase() : undefined
}

function splitObject(data: Data, outer: string | undefined): Split {
  const owner = personIn(data) ?? outer
  const open: [string, unknown][] = []
  const personal = new Map<string, [string, unknown][]>()
  const give = (to: string, name: string, value: unknown) => {
    const own = personal.get(to)
    if (own) own.push([name, value])
    else personal.set(to, [[name, value]])
  }
  for (const [name, value] of Object.entries(data)) {
    const ownerOfField = name === 'vpa' ? (namedBy(data) ?? owner) : owner
    if (isObject(value) || (Array.isArray(value) && !isPersonal(name))) {
      const split = isObject(value) ? splitObject(value, owner) : splitItems(value as unknown[], owner)
      open.push([name, split.open])
      for (const [to, part] of split.personal) give(to, name, part)
    } else if (isPersonal(name) && value !== null && value !== undefined && ownerOfField !== undefined) {
      give(ownerOfField, name, value)
    } else open.push([name, value])
  }
  return {
    open: Object.fromEntries(open),
    personal: new Map([...personal].map(([to, entries]) => [to, Object.fromEntries(entries)])),
  }
}

/** Items without anything personal have an empty place. */
function splitItems(items: unknown[], owner: string | undefined) {
  const split = items.map((item) => (isObject(item) ? splitObject(item, owner) : undefined))
  const people = new Set(split.flatMap((one) => [...(one?.personal.keys() ?? [])]))
  return {
    open: items.map((item, i) => split[i]?.open ?? item),
    personal: new Map([...people].map((to) => [to, split.map((one) => one?.personal.get(to) ?? null)])),
  }
}

/** Whose the UPI ID is when a person blocks or reports somebody. */
function namedBy({ blockedUserId, reportedUserId }: Data): string | undefined {
  return personIn({ userId: blockedUserId }) ?? personIn({ userId: reportedUserId })
}

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
