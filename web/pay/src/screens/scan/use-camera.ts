// The camera while the screen is shown: its picture, its torch, and why there is none.
import { useCallback, useEffect, useRef, useState } from 'react'
import { newFinder } from './find-code.ts'

export type CameraState = 'starting' | 'running' | 'denied' | 'missing' | 'busy'

const pauseMs = 120

/** Calls `onCode` for each code that comes into view; `again` asks for the camera anew. */
export function useCamera(onCode: (text: string) => void) {
  const video = useRef<HTMLVideoElement>(null)
  const track = useRef<MediaStreamTrack>(undefined)
  const latestOnCode = useRef(onCode)
  const [state, setState] = useState<CameraState>('starting')
  const [hasTorch, setHasTorch] = useState(false)
  const [isLit, setIsLit] = useState(false)
  const [round, setRound] = useState(0)
  useEffect(() => void (latestOnCode.current = onCode))

  useEffect(() => {
    const ended = new AbortController()
    setState('starting')
    run(video.current!, ended.signal, {
      onStart: (started) => {
        track.current = started
        const can = started.getCapabilities?.() as (MediaTrackCapabilities & { torch?: boolean }) | undefined
        setHasTorch(can?.torch === true)
        setState('running')
      },
      onCode: (text) => latestOnCode.current(text),
    }).catch((error: unknown) => {
      if (!ended.signal.aborted) setState(stateOf(error))
    })
    return () => ended.abort()
  }, [round])

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

type CameraEvents = { onStart: (track: MediaStreamTrack) => void; onCode: (text: string) => void }

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
  events.onStart(stream.getVideoTracks()[0]!)
  while (!signal.aborted) {
    if (video.videoWidth > 0 && !document.hidden) {
      const text = await find(video, video.videoWidth, video.videoHeight).catch(() => undefined)
      // Aborted while it was looked at: the loop's condition was of before.
      if (text !== undefined && !(signal as { aborted: boolean }).aborted) events.onCode(text)
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
