// The frame of a screen: a heading that takes the focus on arrival, a back button, and a readable width.
import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { useText } from '../language/language.ts'
import { Icon } from './icon.tsx'

type PageProps = {
  title: string
  /** Where back leads when there is nowhere to go back to. */
  back?: string
  action?: ReactNode
  children: ReactNode
  /** The heading is there for who listens, and not shown. */
  quiet?: boolean
  /** `wide`: for what needs the full width; `columns`: where a wide screen shows two columns. */
  width?: keyof typeof widths
}

/** What stands beside a narrow screen where there is room: the app gives it. */
export const PanelContext = createContext<ReactNode>(undefined)

const widths = { hand: 'max-w-xl', columns: 'max-w-xl lg:max-w-5xl', wide: 'max-w-7xl' } as const

export function Page({ title, back, action, children, quiet, width = 'hand' }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const t = useText()
  const navigate = useNavigate()
  useEffect(() => {
    document.title = `${title} · bahi`
    heading.current?.focus()
  }, [title])
  const panel = useContext(PanelContext)
  const isBeside = width === 'hand' && panel !== undefined
  const screen = (
    <div
      className={`mx-auto flex w-full animate-rise flex-col gap-5 px-4 pt-3 pb-28 lg:px-8 lg:pt-8 lg:pb-12 ${isBeside ? 'max-w-2xl' : widths[width]}`}
    >
      <header className={`flex min-h-12 items-center gap-2 ${quiet && back === undefined ? 'sr-only' : ''}`}>
        {back !== undefined && (
          <button
            type="button"
            onClick={() => void (history.length > 1 ? navigate(-1) : navigate(back))}
            className="-ml-2 grid size-12 place-items-center rounded-full hover:bg-sunk"
            aria-label={t('action.back')}
          >
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1} className={`flex-1 text-2xl font-bold ${quiet ? 'sr-only' : ''}`}>
          {title}
        </h1>
        {action}
      </header>
      {children}
    </div>
  )
  if (!isBeside) return screen
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,1fr)_20rem] items-start gap-4 pr-8">
      {screen}
      <div className="sticky top-8 my-8">{panel}</div>
    </div>
  )
}
