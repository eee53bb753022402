// What evidence is collected from, and what one source of it is.
import type { Env } from '@bahi/kit/runtime/environment.ts'
import type { Sql, Tx } from '@bahi/kit/sql/sql.ts'
import type { DataKeySource } from '@bahi/kit/crypto/data-keys.ts'
import type { OutsideCheckpoints } from '@bahi/platform/outside-checkpoints.ts'

export type Evidence = {
  /** Of the repository. */
  root: string
  now: Date
  /** From `from` on, before `to`. */
  period: { from: Date; to: Date }
  /** As a role that reads every schema. Throws why there is none. */
  sql(): Sql
  /** Of a process. Throws why they are not known. */
  settings(): Env
  dataKeys(): Promise<DataKeySource>
  checkpoints(): Promise<OutsideCheckpoints | undefined>
  /** Admin ports of running processes. */
  urls: readonly string[]
  /** Of backups. */
  repository: string | undefined
  /** Days that a data key may be used, by the operator's policy. */
  dataKeyDays: number
}

/** `faults`: what is not as it must be, a sentence each. */
export type Found = { value: unknown; faults?: string[] }

export type Source = {
  /** Of its file; what is no JSON is text. */
  name: string
  about: string
  /** Of people who are not the operator's, such as authors of packages. */
  namesOthers?: true
  /** Throws why it is not there. */
  collect(evidence: Evidence): Found | Promise<Found>
}

/** Reads in one snapshot, and changes nothing, whatever the role may do. */
export async function reading<T>({ sql }: Evidence, read: (tx: Tx) => Promise<T>): Promise<T> {
  return (await sql().begin('isolation level repeatable read read only', read)) as T
}

/** A setting's JSON. What is malformed is not quoted: it may be a key or a password. */
export function parsed(setting: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${setting} is no JSON`)
  }
}

/** A URL names no user and password, and an address of mail no mailbox. */
export const withoutUsers = (text: string): string =>
  text.replaceAll(/\/\/[^/@\s"]+@/g, '//•••@').replaceAll(/[^\s<>"',;:/•]+@/g, '•••@')

const dayMs = 86_400_000

/** Whole days from then on. */
export const daysSince = (then: Date, now: Date): number =>
  Math.floor((now.getTime() - then.getTime()) / dayMs)

export const daysAfter = (then: Date, days: number): Date => new Date(then.getTime() + days * dayMs)
