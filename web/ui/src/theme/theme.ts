// Light or dark: as the device says, or as the person chose.
import { create } from 'zustand'
import { readSetting, writeSetting } from '../browser/settings.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'bahi.theme'
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')

/** `isDark`: what `theme` comes to on this device now. */
export const useTheme = create<{ theme: Theme; isDark: boolean }>()(() => ({
  theme: 'system',
  isDark: prefersDark.matches,
}))

function applyTheme(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'system' && prefersDark.matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
  useTheme.setState({ theme, isDark })
}

export function chooseTheme(theme: Theme): void {
  writeSetting(key, theme)
  applyTheme(theme)
}

export function startTheme(): void {
  const chosen = readSetting(key)
  const stored = themes.find((one) => one === chosen)
  applyTheme(stored ?? 'system')
  prefersDark.addEventListener('change', () => applyTheme(useTheme.getState().theme))
}
