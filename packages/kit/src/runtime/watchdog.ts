// Stops a server that this process started when this process dies without stopping it, by kill -9 or a crash.
import { spawn, type ChildProcess } from 'node:child_process'

/**
 * A shell that waits for the end of its input, which is the end of this process, then sends the signal. On Windows,
 * which has no shell, nothing watches.
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
  // The process id can belong to another process once the server has ended.
  child.once('exit', () => dog.kill('SIGKILL'))
}
