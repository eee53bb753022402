// Light or dark: as the device says, or as the person chose.
import { create } from 'zustand'
import { readSetting, writeSetting } from '../browser/settings.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'bahi.theme'
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')

export const useTheme = create<{ theme: Theme }>()(() => ({ theme: 'system' }))

function applyTheme(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'system' && prefersDark.matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
}

export function chooseTheme(theme: Theme): void {
  writeSetting(key, theme)
  useTheme.setState({ theme })
  applyTheme(theme)
}

export function startTheme(): void {
  const chosen = readSetting(key)
  const stored = themes.find((one) => one === chosen)
  useTheme.setState({ theme: stored ?? 'system' })
  applyTheme(useTheme.getState().theme)
  prefersDark.addEventListener('change', () => applyTheme(useTheme.getState().theme))
}
