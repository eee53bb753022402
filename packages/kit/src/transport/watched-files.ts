// Files whose content may be replaced while the process runs, such as certificates that are rotated.
import { readFileSync } from 'node:fs'

const checkEveryMs = 5_000

export type WatchedFiles<T> = {
  current(): T
  /** Called after a change with the new value. */
  onChange(listener: (value: T) => void): void
  close(): void
}

/**
 * Reads the files again every few seconds: a Secret that Kubernetes replaces is a changed link, which no watcher of
 * files notices everywhere. Content that `parse` refuses, such as a key whose certificate is not there yet, changes
 * nothing. Throws what is wrong with the files at first.
 */
export function watchFiles<T>(
  paths: string[],
  parse: (contents: string[]) => T,
  { refused, checkMs = checkEveryMs }: { refused(error: unknown): void; checkMs?: number },
): WatchedFiles<T> {
  const read = () => paths.map((path) => readFileSync(path, 'utf8'))
  let contents = read()
  let value = parse(contents)
  const listeners: ((value: T) => void)[] = []
  const timer = setInterval(() => {
    try {
      const now = read()
      if (now.every((text, nth) => text === contents[nth])) return
      value = parse(now)
      contents = now
    } catch (error) {
      return refused(error)
    }
    for (const listener of listeners) listener(value)
  }, checkMs)
  timer.unref()
  return {
    current: () => value,
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  }
}
