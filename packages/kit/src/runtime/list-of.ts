// Settings that are lists: their items have commas between.

/** `a, b` → `['a', 'b']` */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
