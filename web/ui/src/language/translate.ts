// Texts by key, filled in and with the plurals of their language.

/** `{name}` is filled in; a text with plurals is chosen by the value of `count`. */
type Text = string | { one: string; other: string }
export type Texts<Key extends string> = Readonly<Record<Key, Text>>
type Values = Record<string, string | number>
export type Translate<Key extends string> = (key: Key, values?: Values) => string

/** The answer gives an empty text for a key without one: some are composed, such as `problem.` and a code. */
export function translate(language: string, texts: Texts<never>): Translate<string> {
  const plural = new Intl.PluralRules(language)
  return (key, values = {}) => {
    if (!Object.hasOwn(texts, key)) return ''
    const found = (texts as Texts<string>)[key]!
    const text =
      typeof found === 'string'
        ? found
        : found[plural.select(Number(values['count'])) === 'one' ? 'one' : 'other']
    return text.replace(/\{(\w+)\}/g, (_, name: string) =>
      String((Object.hasOwn(values, name) ? values[name] : undefined) ?? ''),
    )
  }
}
