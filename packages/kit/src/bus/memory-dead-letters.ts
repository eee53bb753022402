// Dead letters of the in-process bus: in memory, and in a file of JSON lines when they must survive a restart.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { DeadLetter } from './bus.ts'

/** `waiting`: will be tried again; shown to nobody until its last try has failed. */
export type LetterState = 'dead' | 'waiting'

export type DeadLetters = {
  /** Oldest first. */
  all(state: LetterState): DeadLetter[]
  /** A letter of the same id is replaced. On disk when this returns. */
  put(letter: DeadLetter, state: LetterState): void
  remove(id: string): void
  /** Of what was removed or replaced nothing is on disk any more when this returns. */
  compact(): void
  close(): void
}

type Entry = { letter: DeadLetter; state: LetterState }
type Line = Entry | { removed: string }

/** Each change is a line, appended and synced; opening the file compacts it to the letters that remain. */
export function openDeadLetters(file?: string): DeadLetters {
  const letters = new Map<string, Entry>()
  if (file && existsSync(file)) {
    for (const line of linesOf(readFileSync(file, 'utf8'))) {
      if ('letter' in line) letters.set(line.letter.id, line)
      else letters.delete(line.removed)
    }
  }
  let journal = file ? rewrite(file, [...letters.values()]) : undefined

  function append(line: Line): void {
    if (!file) return
    if (journal === undefined) throw new Error('the dead-letter file is closed')
    writeSync(journal, `${JSON.stringify(line)}\n`)
    fsyncSync(journal)
  }

  return {
    all: (state) => [...letters.values()].flatMap((one) => (one.state === state ? [one.letter] : [])),
    put(letter, state) {
      append({ letter, state })
      letters.set(letter.id, { letter, state })
    },
    remove(id) {
      if (!letters.has(id)) return
      append({ removed: id })
      letters.delete(id)
    },
    compact() {
      if (!file || journal === undefined) return
      closeSync(journal)
      journal = rewrite(file, [...letters.values()])
    },
    close() {
      if (journal !== undefined) closeSync(journal)
      journal = undefined
    },
  }
}

/** A last line that a crash cut off is ignored: its batch is published again. */
function linesOf(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.flatMap((line, at) => {
    try {
      return [JSON.parse(line) as Line]
    } catch (error) {
      if (at === lines.length - 1) return []
      throw new Error(`line ${at + 1} of the dead-letter file is not JSON: repair or move the file`, {
        cause: error,
      })
    }
  })
}

/** Writes a new file and then replaces the old one. */
function rewrite(file: string, entries: Entry[]): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const journal = openSync(`${file}.new`, 'w', 0o600)
  for (const entry of entries) writeSync(journal, `${JSON.stringify(entry)}\n`)
  fsyncSync(journal)
  renameSync(`${file}.new`, file)
  return journal
}
