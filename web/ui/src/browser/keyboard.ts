// The keyboard: its keys for a pad on the screen, and the part of the screen that one on the screen covers.
import { asciiDigits } from '@bahi/contracts/digits.ts'
import { useEffect, useRef, type RefObject } from 'react'

/**
 * @param pad gets no keys while a dialog is open that does not contain it
 * @param onKey true when the key was for the pad
 */
export function usePadKeys(
  pad: RefObject<HTMLElement | null>,
  onKey: (key: string, isOnButton: boolean) => boolean,
): void {
  const latest = useRef(onKey)
  useEffect(() => {
    latest.current = onKey
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { target, key } = event
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (target instanceof HTMLElement && target.matches('input, textarea, select')) return
      const open = [...document.querySelectorAll('dialog[open]')].at(-1)
      if (open && !open.contains(pad.current)) return
      // A keyboard of another script has its own digits.
      if (latest.current(asciiDigits(key), target instanceof HTMLElement && target.matches('button, a')))
        event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [pad])
}

/**
 * Keeps `--keyboard` at the height that a keyboard on the screen covers, where the browser lays it over the page (iOS);
 * others make the page smaller, as its `interactive-widget` asks.
 */
export function followKeyboard(): void {
  const view = window.visualViewport
  if (!view) return
  const measure = () => {
    const covered = view.scale === 1 ? Math.round(window.innerHeight - view.height - view.offsetTop) : 0
    document.documentElement.style.setProperty('--keyboard', `${Math.max(0, covered)}px`)
  }
  view.addEventListener('resize', measure)
  view.addEventListener('scroll', measure)
}
