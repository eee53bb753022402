// A sheet that comes up over the screen: focus stays in it, Escape and the space around it close it.
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { useText } from '../language/language.ts'
import { Icon } from './icon.tsx'

type SheetProps = { open: boolean; onClose: () => void; title: string; children: ReactNode }

export function Sheet({ open, onClose, title, children }: SheetProps) {
  const t = useText()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const pressedOutside = useRef(false)
  // What is in it comes after it is open: what asks for the focus as it appears can then have it.
  const [isShown, setIsShown] = useState(false)
  useLayoutEffect(() => {
    const own = dialog.current
    if (!open || !own) return
    own.showModal()
    heading.current?.focus()
    setIsShown(true)
    return () => {
      setIsShown(false)
      own.close()
    }
  }, [open])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
      onClose={() => open && onClose()}
      onPointerDown={(event) => (pressedOutside.current = event.target === event.currentTarget)}
      onClick={(event) => event.target === event.currentTarget && pressedOutside.current && onClose()}
      className="fixed inset-x-0 top-auto bottom-0 mx-auto max-h-[90dvh] w-full max-w-xl overflow-y-auto rounded-t-card bg-paper text-ink backdrop:bg-black/50 open:animate-rise sm:top-0 sm:my-auto sm:h-fit sm:rounded-card"
    >
      <div className="flex flex-col gap-4 p-5 pb-8">
        <div className="flex items-center gap-2">
          <h2 ref={heading} id={id} tabIndex={-1} className="flex-1 text-xl font-bold outline-none">
            {title}
          </h2>
          <button
            type="button"
            onClick={onClose}
            className="-mr-2 grid size-11 place-items-center rounded-full hover:bg-sunk"
            aria-label={t('action.close')}
          >
            <Icon name="cross" />
          </button>
        </div>
        {isShown && children}
      </div>
    </dialog>
  )
}
