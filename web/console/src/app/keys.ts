// The console by keys alone: to the search, from row to row, to another page. Never while somebody types, nor behind a
// dialog; and whoever dictates or uses a screen reader can switch them off (WCAG 2.1.4).
import { deleteSetting, readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import { useEffect, useEffectEvent } from 'react'
import { create } from 'zustand'

const setting = 'bahi.console-keys'
/** How long the second key of two may take. */
const secondMs = 2_000

export const useKeysOn = create<{ isOn: boolean }>()(() => ({ isOn: readSetting(setting) !== 'off' }))

export function switchKeys(isOn: boolean): void {
  if (isOn) deleteSetting(setting)
  else writeSetting(setting, 'off')
  useKeysOn.setState({ isOn })
}

type Keys = {
  /** By the letter after `g`. */
  pages: ReadonlyMap<string, string>
  onPage: (to: string) => void
  onHelp: () => void
}

export function useKeys({ pages, onPage, onHelp }: Keys): void {
  const { isOn } = useKeysOn()
  const act = useEffectEvent((pressed: string, wasG: boolean): boolean => {
    const to = wasG ? pages.get(pressed) : undefined
    if (to !== undefined) onPage(to)
    else if (pressed === '?') onHelp()
    else if (pressed === '/') return focusSearch()
    else if (pressed === 'j') return focusRow(1)
    else if (pressed === 'k') return focusRow(-1)
    else return pressed === 'enter' && openRow()
    return true
  })
  useEffect(() => {
    if (!isOn) return
    let beganMs = -Infinity
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return
      const pressed = latinKey(event)
      const wasG = event.timeStamp - beganMs < secondMs
      beganMs = pressed === 'g' && !wasG ? event.timeStamp : -Infinity
      if (act(pressed, wasG)) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [isOn])
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable)

/** A keyboard of another script has other letters: the key is then named by its place. */
function latinKey({ key, code, shiftKey }: KeyboardEvent): string {
  if (/^[\x20-\x7e]+$/.test(key)) return key.toLowerCase()
  if (code === 'Slash') return shiftKey ? '?' : '/'
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type="search"], main select')
  field?.focus()
  return field !== null
}

/** The rows of all tables of the screen, from the one that has the focus or holds it. */
function focusRow(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main tbody tr')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]
  next?.focus()
  return next !== undefined
}

/** Only by its link: what a button of it does takes a press of that button. */
function openRow(): boolean {
  const row = document.activeElement
  const link = row?.matches('main tbody tr') ? row.querySelector<HTMLElement>('a[href]') : null
  link?.click()
  return link !== null && link !== undefined
}
