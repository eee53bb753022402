// A few words to the one who is paid.
import { useId } from 'react'
import { useText } from '../language/language.ts'
import { maxNoteLength, cleanNote } from './send-money.ts'

/** From this length on the remaining characters are shown. */
const nearlyFull = maxNoteLength - 15

export function NoteField({ note, onNote }: { note: string; onNote: (note: string) => void }) {
  const t = useText()
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="sr-only">
        {t('pay.note')}
      </label>
      <input
        id={id}
        value={note}
        onChange={({ target }) => onNote(cleanNote(target.value))}
        maxLength={maxNoteLength}
        autoComplete="off"
        enterKeyHint="next"
        placeholder={t('pay.note')}
        aria-describedby={`${id}-left`}
        className="min-h-12 w-full rounded-2xl border border-line bg-card px-4 placeholder:text-soft focus:border-accent focus:outline-none"
      />
      <p id={`${id}-left`} className="text-right text-sm text-soft">
        {note.length > nearlyFull && t('pay.note-left', { count: maxNoteLength - note.length })}
      </p>
    </div>
  )
}
