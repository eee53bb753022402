// The camera while the screen is shown: its picture, its torch, and why there is none.
import { useCallback, useEffect, useRef, useState } from 'react'
import { newFinder } from './find-code.ts'

export type CameraState = 'starting' | 'running' | 'denied' | 'missing' | 'busy' | 'stopped'

const pauseMs = 120

/** Calls `onCodes` with the codes in view; `again` asks for the camera anew. */
export function useCamera(onCodes: (texts: string[]) => void) {
  const video = useRef<HTMLVideoElement>(null)
  const track = useRef<MediaStreamTrack>(undefined)
  const latestOnCodes = useRef(onCodes)
  const [state, setState] = useState<CameraState>('starting')
  const [hasTorch, setHasTorch] = useState(false)
  const [isLit, setIsLit] = useState(false)
  const [round, setRound] = useState(0)
  useEffect(() => void (latestOnCodes.current = onCodes))

  useEffect(() => {
    const ended = new AbortController()
    setState('starting')
    run(video.current!, ended.signal, {
      onStart: (started) => {
        track.current = started
        setIsLit(false)
        const can = started.getCapabilities?.() as (MediaTrackCapabilities & { torch?: boolean }) | undefined
        setHasTorch(can?.torch === true)
        setState('running')
      },
      onCodes: (texts) => latestOnCodes.current(texts),
      onStop: () => setState('stopped'),
    }).catch((error: unknown) => {
      if (!ended.signal.aborted) setState(stateOf(error))
    })
    return () => ended.abort()
  }, [round])

  // Phones take the camera from a page in the background: it starts again when the page is back.
  useEffect(() => {
    if (state !== 'stopped') return
    const onVisible = () => document.visibilityState === 'visible' && setRound((n) => n + 1)
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [state])

  const switchTorch = useCallback(async () => {
    const torch = !isLit
    await track.current?.applyConstraints({ advanced: [{ torch } as MediaTrackConstraintSet] })
    setIsLit(torch)
  }, [isLit])
  const again = useCallback(() => setRound((n) => n + 1), [])
  return { video, state, again, hasTorch, isLit, switchTorch }
}

function stateOf(error: unknown): CameraState {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'missing'
}

type CameraEvents = {
  onStart: (track: MediaStreamTrack) => void
  onCodes: (texts: string[]) => void
  /** Its track has ended: somebody took the camera, or pulled it out. */
  onStop: () => void
}

async function run(video: HTMLVideoElement, signal: AbortSignal, events: CameraEvents): Promise<void> {
  // Without a safe connection there are no devices at all.
  if (!('mediaDevices' in navigator)) throw new Error('no camera')
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: 'environment', width: { ideal: 1_280 }, height: { ideal: 720 } },
  })
  const stop = () => {
    for (const one of stream.getTracks()) one.stop()
    video.srcObject = null
  }
  if (signal.aborted) return stop()
  signal.addEventListener('abort', stop)
  video.srcObject = stream
  await video.play()
  const find = await newFinder()
  const track = stream.getVideoTracks()[0]!
  events.onStart(track)
  // A track does not end twice, and one that had ended before says nothing any more.
  while (!signal.aborted && track.readyState === 'live') {
    if (video.videoWidth > 0 && !document.hidden) {
      const texts = await find(video, video.videoWidth, video.videoHeight).catch(() => [])
      // Aborted while it was looked at: the loop's condition was of before.
      if (texts.length > 0 && !(signal as { aborted: boolean }).aborted) events.onCodes(texts)
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  if (signal.aborted) return
  stop()
  events.onStop()
}
