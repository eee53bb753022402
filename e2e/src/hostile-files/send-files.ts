// Sends hostile files as documents of KYC, and looks at what the platform keeps of them.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { saveKyc, showKyc, uploadKycDocument, type KycDocumentView } from '@bahi/contracts/kyc.ts'
import { kycRulesAt, type KycDocumentKind } from '@bahi/contracts/kyc-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { createBlobs, type BlobStorage } from '@bahi/kit/blobs/blobs.ts'
import type { SignedInPerson } from '@bahi/platform/api-client.ts'
import { metricsIn } from '@bahi/testing/metrics-table.ts'
import { pageFaults } from '@bahi/user/kyc/testing-bytes.ts'
import { hostileFile, hostileKinds } from '@bahi/user/kyc/testing-files.ts'
import type { RunningPlatform } from '@bahi/platform/testing-platform.ts'
import { uploadSlowly } from './slow-upload.ts'

type Options = { count: number; from: number; blobs: BlobStorage; log(line: string): void }

export type FilesReport = {
  files: number
  kinds: number
  seconds: number
  /** Files by what became of them. */
  outcomes: Record<string, number>
  pagesKept: number
  /** Of one file, from its upload until it is readable or refused. */
  longestSeconds: number
  readerPeakMb: number
  /** By cause. */
  readerEnds: Record<string, number>
  platformPeakMb: number
  slowUploadSeconds: number
  faults: string[]
}

const slots = ['pan', 'address', 'selfie'] as const satisfies readonly KycDocumentKind[]
/** One person's files are of one submission, three at a time. */
const roundsPerPerson = 12
const atOnce = 3
const settledWithinMs = 1_200_000
/** Each keeps the one reader busy for half a minute. */
const endlessEvery = 100
const form = {
  name: 'Asha Rao',
  bornOn: '1990-04-12',
  pan: 'ABCPR1234F',
  address: { line1: '12, Gandhi Road', city: 'Bengaluru', state: 'KA' as const, pinCode: '560001' },
}

/** Which kind the file of a number is: all in turn, those that keep the reader busy now and then. */
export function kindsOf(count: number, from: number): { kind: string; seed: number }[] {
  const names = Object.keys(hostileKinds)
  const endless = names.filter((name) => hostileKinds[name]!.endless)
  const others = names.filter((name) => !hostileKinds[name]!.endless)
  return Array.from({ length: count }, (_, n) => {
    const seed = from + n
    const [list, at] = seed % endlessEvery === 0 ? [endless, seed / endlessEvery] : [others, seed]
    return { kind: list[at % list.length]!, seed }
  })
}

export async function sendFiles(platform: RunningPlatform, options: Options): Promise<FilesReport> {
  const { count, from, blobs, log } = options
  const began = performance.now()
  const report: FilesReport = {
    ...{ files: 0, kinds: 0, seconds: 0, outcomes: {}, pagesKept: 0, longestSeconds: 0 },
    ...{ readerPeakMb: 0, readerEnds: {}, platformPeakMb: 0, slowUploadSeconds: 0, faults: [] },
  }
  const kept = createBlobs('user', platform.secrets.dataKeys['user']!, blobs)
  const watch = setInterval(() => {
    report.readerPeakMb = Math.max(report.readerPeakMb, ...childrenMb())
    report.platformPeakMb = Math.max(report.platformPeakMb, process.memoryUsage.rss() / 1_048_576)
  }, 100)
  const files = kindsOf(count, from)
  report.kinds = new Set(files.map(({ kind }) => kind)).size
  const rounds = Array.from({ length: Math.ceil(count / slots.length) }, (_, n) =>
    files.slice(n * slots.length, (n + 1) * slots.length),
  )
  const people = Array.from({ length: Math.ceil(rounds.length / roundsPerPerson) }, (_, n) =>
    rounds.slice(n * roundsPerPerson, (n + 1) * roundsPerPerson),
  )
  const sendInTurn = async () => {
    for (let own = people.shift(); own; own = people.shift()) await sendAsOnePerson(own)
  }
  const all = Array.from({ length: atOnce }, sendInTurn)
  const [slowMs] = await Promise.all([sendSlowly(), refuseEmptyAndLarge(), ...all])
  report.slowUploadSeconds = slowMs / 1_000
  clearInterval(watch)
  report.readerEnds = endsIn(await platform.metrics())
  report.seconds = (performance.now() - began) / 1_000
  return report

  async function newSubmission() {
    const person = await platform.person()
    const id = uuidv7()
    await person.call(saveKyc, { params: { id }, body: { tier: 'full', form } })
    return { person, id }
  }

  async function sendAsOnePerson(own: { kind: string; seed: number }[][]): Promise<void> {
    const { person, id } = await newSubmission()
    for (const round of own) {
      const sent = performance.now()
      for (const [at, { kind, seed }] of round.entries()) {
        const bytes = new Uint8Array(await hostileFile(kind, seed))
        await person.call(uploadKycDocument, {
          params: { id, documentId: uuidv7() },
          querystring: { kind: slots[at]! },
          // What it says of itself is not believed.
          file: { type: ['image/jpeg', 'application/pdf', 'image/png'][seed % 3]!, bytes },
        })
      }
      const documents = await settledDocuments(person)
      report.longestSeconds = Math.max(report.longestSeconds, (performance.now() - sent) / 1_000)
      for (const [at, file] of round.entries())
        await judge(
          person,
          documents.find(({ kind }) => kind === slots[at])!,
          file,
        )
    }
    log(`${report.files} of ${count}, ${report.faults.length} faults`)
  }

  /** Refused or readable: what came is deleted in both states. */
  async function settledDocuments(person: SignedInPerson): Promise<KycDocumentView[]> {
    for (const until = Date.now() + settledWithinMs; ; await delay(100)) {
      const { documents } = (await person.call(showKyc, {})).submission!
      const isSettled = documents.every(({ status }) => status === 'refused' || status === 'readable')
      if (isSettled) return documents
      if (Date.now() > until) throw new Error(`not read within ${settledWithinMs / 1_000} s`)
    }
  }

  async function judge(
    { userId }: SignedInPerson,
    { id, status, fault, pages }: KycDocumentView,
    { kind, seed }: { kind: string; seed: number },
  ): Promise<void> {
    const outcome = status === 'readable' ? status : fault!
    const blame = (what: string) => report.faults.push(`${kind}, seed ${seed}: ${what}`)
    report.files += 1
    report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1
    if (!hostileKinds[kind]!.may.includes(outcome)) blame(`it became ${outcome}`)
    const under = `kyc/${userId}/${id}`
    const expected = Array.from({ length: pages }, (_, at) => `${under}/page-${at + 1}`)
    // What is refused is deleted as due work, a moment later.
    let names = await kept.list({ under })
    for (const until = Date.now() + 30_000; names.length !== pages && Date.now() < until; await delay(100))
      names = await kept.list({ under })
    if (String([...names].sort()) !== String(expected.sort())) blame(`kept is ${names.join(', ')}`)
    for (const name of names) {
      report.pagesKept += 1
      const { content } = (await kept.get(name))!
      for (const what of pageFaults(content)) blame(what)
    }
  }

  async function refuseEmptyAndLarge(): Promise<void> {
    const { person, id } = await newSubmission()
    const maxBytes = uploadKycDocument.upload.maxBytes
    const cases = [
      [0, 'request-invalid'],
      [maxBytes + 1, 'body-too-large'],
    ] as const
    for (const [length, expected] of cases) {
      const code = await person
        .call(uploadKycDocument, {
          params: { id, documentId: uuidv7() },
          querystring: { kind: 'pan' },
          file: { type: 'image/jpeg', bytes: new Uint8Array(length) },
        })
        .then(
          () => 'taken',
          // A server that hangs up on what is too large has refused it too.
          (error: unknown) => (error instanceof Problem ? error.code : 'body-too-large'),
        )
      if (code !== expected) report.faults.push(`a file of ${length} bytes: ${code}`)
    }
  }

  async function sendSlowly(): Promise<number> {
    const { person, id } = await newSubmission()
    const ms = await uploadSlowly(platform.url, person, { id, documentId: uuidv7() })
    const { submission } = await person.call(showKyc, {})
    if (submission!.documents.length > 0) report.faults.push('a file that never came is a document')
    return ms
  }
}

/** How many a person may send in a day is more than they send here. */
export const filesOfPerson = roundsPerPerson * slots.length
if (filesOfPerson > kycRulesAt(new Date()).filesPerDay) throw new Error('a person sends too many files')

/** Peak memory of each process that this one has started, on Linux. */
function childrenMb(): number[] {
  const mb: number[] = []
  for (const task of readdirSync('/proc/self/task')) {
    const pids = textOf(`/proc/self/task/${task}/children`).trim().split(' ')
    for (const pid of pids) {
      if (!textOf(`/proc/${pid}/cmdline`).includes('reader-process')) continue
      mb.push(Number(/^VmHWM:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024)
    }
  }
  return mb
}

/** Empty for a process that has gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function endsIn(text: string): Record<string, number> {
  const name = 'bahi_kyc_reader_ends_total'
  if (!metricsIn(text).some((metric) => metric.name === name)) throw new Error(`${name} is not measured`)
  const lines = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\d+)$`, 'gm'))]
  return Object.fromEntries(
    lines.map(([, labels, value]) => [/cause="(\w+)"/.exec(labels!)![1]!, Number(value)]),
  )
}
