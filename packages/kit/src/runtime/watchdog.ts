// Ends a server that this process started when this process dies without a word, by kill -9 or by a crash.
import { spawn, type ChildProcess } from 'node:child_process'

/**
 * A shell that waits for the end of its input, which is the end of this process, then sends the signal.
 * Where there is no shell (Windows), nothing watches.
 */
export function stopWithParent(child: ChildProcess, signal: 'INT' | 'TERM'): void {
  if (process.platform === 'win32' || child.pid === undefined) return
  const dog = spawn('/bin/sh', ['-c', 'read -r _; kill "-$1" "$2"', 'watchdog', signal, String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  dog.on('error', () => undefined)
  dog.stdin.on('error', () => undefined)
  dog.unref()
  // The number may be somebody else's once the server has ended.
  child.once('exit', () => dog.kill('SIGKILL'))
}
