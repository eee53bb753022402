// A text with a button that copies it and says so.
import { useState } from 'react'
import { useText } from '../language/language.ts'
import { Icon } from './icon.tsx'

const shownForMs = 2_000

export function Copy({ text, label }: { text: string; label: string }) {
  const t = useText()
  const [isCopied, setIsCopied] = useState(false)
  return (
    <span className="inline-flex items-center gap-1">
      <span className="break-all tabular-nums">{text}</span>
      <button
        type="button"
        aria-label={`${t('action.copy')}: ${label}`}
        className="-my-2.5 -mr-2 grid size-11 shrink-0 place-items-center rounded-full text-accent hover:bg-sunk print:hidden"
        onClick={() =>
          void navigator.clipboard.writeText(text).then(() => {
            setIsCopied(true)
            setTimeout(() => setIsCopied(false), shownForMs)
          })
        }
      >
        <Icon name={isCopied ? 'check' : 'copy'} className="size-5" />
      </button>
      <span role="status" className="sr-only">
        {isCopied && t('action.copied')}
      </span>
    </span>
  )
}
