// Dead letters of the bus inside one process: in memory, and in a file of JSON lines when they shall outlive it.
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

/** `waiting`: on its way to another try, and no business of a person until that has failed. */
export type LetterState = 'dead' | 'waiting'

export type DeadLetters = {
  /** Oldest first. */
  all(state: LetterState): DeadLetter[]
  /** A letter of the same id is replaced. On disk when this returns. */
  put(letter: DeadLetter, state: LetterState): void
  remove(id: string): void
  close(): void
}

type Entry = { letter: DeadLetter; state: LetterState }
type Line = Entry | { gone: string }

/** Each change is a line, appended and synced; opening the file leaves only what is still a letter. */
export function openDeadLetters(file?: string): DeadLetters {
  const letters = new Map<string, Entry>()
  if (file && existsSync(file)) {
    for (const line of linesOf(readFileSync(file, 'utf8'))) {
      if ('letter' in line) letters.set(line.letter.id, line)
      else letters.delete(line.gone)
    }
  }
  let journal = file ? rewrite(file, [...letters.values()]) : undefined

  function append(line: Line): void {
    if (!file) return
    if (journal === undefined) throw new Error('the file of dead letters is closed')
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
      append({ gone: id })
      letters.delete(id)
    },
    close() {
      if (journal !== undefined) closeSync(journal)
      journal = undefined
    },
  }
}

/** A last line that was cut off by a crash never counted: its batch is published again. */
function linesOf(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.flatMap((line, at) => {
    try {
      return [JSON.parse(line) as Line]
    } catch (error) {
      if (at === lines.length - 1) return []
      throw new Error(`line ${at + 1} of the file of dead letters is no JSON: mend or move it`, {
        cause: error,
      })
    }
  })
}

/** The old file stays whole until the new one is. */
function rewrite(file: string, entries: Entry[]): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const journal = openSync(`${file}.new`, 'w', 0o600)
  for (const entry of entries) writeSync(journal, `${JSON.stringify(entry)}\n`)
  fsyncSync(journal)
  renameSync(`${file}.new`, file)
  return journal
}
