// A part of a screen that is made only once it is asked for.
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { useId, useState, type ReactNode } from 'react'

export function Disclosure({ text, children }: { text: string; children: ReactNode }) {
  const id = useId()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        className="flex min-h-11 items-center gap-2 self-start rounded-full pr-3 font-medium text-accent hover:underline"
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="right" className={`size-4 transition ${isOpen ? 'rotate-90' : ''}`} />
        {text}
      </button>
      <div id={id} className="contents">
        {isOpen && children}
      </div>
    </div>
  )
}
