// Whether the app itself is behind the screen: only then does back go back, and never out to another site.

/** The router counts its own steps in this entry of the browser; one that was opened from outside is the first. */
export function canGoBack(): boolean {
  const state = window.history.state as { idx?: number } | null
  return (state?.idx ?? 0) > 0
}
