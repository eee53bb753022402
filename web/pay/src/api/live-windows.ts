// The windows of a browser share one live stream: one of them follows it and passes on what comes.
import type { Message } from '@bahi/contracts/notification.ts'
import { isSiteDataBlocked, readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import { followLiveStream, type LiveStream } from './live-stream.ts'

const channelName = 'bahi.live'
/** Of messages that come together, such as those that were missed, screens read everything twice at most. */
const coalesceMs = 250
/** A window that has said nothing for so long sleeps: a window that is looked at takes the stream over. */
export const maxAsleepMs = 90_000
const lookEveryMs = 10_000
/** Begins with `bahi.`: log-out deletes it. */
const positionKey = 'bahi.live-seq'

type Note = { userId: string; messages: Message[] } | { userId: string; alive: true }

/** Calls `onChange` for what happens to the person, in whichever window it arrives, until it is aborted. */
export async function followLive(
  userId: string,
  onChange: LiveStream['onChange'],
  signal: AbortSignal,
): Promise<void> {
  const changed = coalesced(onChange)
  const position = positionOf(userId)
  // A page that comes back from the browser's cache missed what happened meanwhile.
  const comeBack = ({ persisted }: PageTransitionEvent) => persisted && changed([])
  window.addEventListener('pageshow', comeBack)
  signal.addEventListener('abort', () => window.removeEventListener('pageshow', comeBack), { once: true })
  const locks = navigator.locks as LockManager | undefined
  // Where site data is blocked there are locks and channels by name only: each use is refused.
  if (!locks || typeof BroadcastChannel === 'undefined' || isSiteDataBlocked())
    return followLiveStream({ position, onChange: changed }, signal)
  return shareStream(userId, { position, onChange: changed }, locks, signal)
}

async function shareStream(
  userId: string,
  live: LiveStream,
  locks: LockManager,
  signal: AbortSignal,
): Promise<void> {
  const channel = new BroadcastChannel(channelName)
  let lastNoteMs = Date.now()
  let leads = false
  channel.onmessage = ({ data }: MessageEvent<Note>) => {
    lastNoteMs = Date.now()
    if (data.userId === userId && 'messages' in data) live.onChange(data.messages)
  }
  const lead = async (stolen: AbortSignal) => {
    leads = true
    const alive = () => channel.postMessage({ userId, alive: true } satisfies Note)
    const timer = setInterval(alive, lookEveryMs)
    const onChange = (messages: Message[]) => {
      channel.postMessage({ userId, messages } satisfies Note)
      live.onChange(messages)
    }
    await followLiveStream({ position: live.position, onChange, onSign: alive }, stolen)
    clearInterval(timer)
  }
  let waiting = new AbortController()
  const look = () => {
    const isAsleep = Date.now() - lastNoteMs > maxAsleepMs
    if (!leads && isAsleep && document.visibilityState === 'visible') waiting.abort()
  }
  const timer = setInterval(look, lookEveryMs)
  const stop = () => waiting.abort()
  signal.addEventListener('abort', stop, { once: true })
  for (let steal = false; !signal.aborted; steal = waiting.signal.aborted && !leads) {
    const leading = new AbortController()
    const end = () => leading.abort()
    signal.addEventListener('abort', end)
    waiting = new AbortController()
    leads = false
    lastNoteMs = Date.now()
    const how: LockOptions = steal ? { steal } : { signal: waiting.signal }
    // Rejects when another window took it over, or when this one is to.
    await locks.request(channelName, how, () => lead(leading.signal)).catch(() => undefined)
    signal.removeEventListener('abort', end)
    end()
  }
  clearInterval(timer)
  channel.close()
}

/** Where the browser is, however many windows it has, and after a restart: nothing is missed in between. */
function positionOf(userId: string): LiveStream['position'] {
  let known: number | undefined
  return {
    read() {
      const [owner, seq] = readSetting(positionKey)?.split(' ') ?? []
      return owner === userId && seq !== undefined && /^\d{1,15}$/.test(seq) ? Number(seq) : known
    },
    write(seq) {
      known = seq
      writeSetting(positionKey, `${userId} ${seq}`)
    },
  }
}

/** The first at once; what follows within a moment comes together. */
function coalesced(onChange: LiveStream['onChange']): LiveStream['onChange'] {
  let later: { messages: Message[]; isUnknown: boolean } | undefined
  return (messages) => {
    if (later) {
      later.messages.push(...messages)
      later.isUnknown ||= messages.length === 0
      return
    }
    onChange(messages)
    const these = (later = { messages: [] as Message[], isUnknown: false })
    setTimeout(() => {
      later = undefined
      if (these.isUnknown) onChange([])
      else if (these.messages.length > 0) onChange(these.messages)
    }, coalesceMs)
  }
}
