// The app's typeface for pictures that are drawn: a canvas does not wait for a font by itself.

/** @param size in pixels */
export const canvasFont = (size: number, weight = 400) =>
  `${weight} ${size}px 'bahi sans', system-ui, sans-serif`

/** Loads what these characters need. A font that cannot be loaded is replaced by the system's. */
export async function loadCanvasFont(text: string): Promise<void> {
  // A test's document has no fonts.
  const fonts = document.fonts as FontFaceSet | undefined
  await fonts?.load(canvasFont(24), text).catch(() => undefined)
}
