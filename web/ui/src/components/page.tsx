// The frame of a screen: a heading that takes the focus on arrival, a back button, a readable width, the main action.
import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { canGoBack } from '../browser/history.ts'
import { useText } from '../language/language.ts'
import { Icon } from './icon.tsx'

type PageProps = {
  title: string
  /** Where back leads when nothing of the app is behind this screen. */
  back?: string
  action?: ReactNode
  children: ReactNode
  /** The heading is there for who listens, and not shown. */
  quiet?: boolean
  /** In the place of a quiet heading, for the eye. */
  head?: ReactNode
  /** What to do next: always in reach, at the end of the screen and above a keyboard. */
  footer?: ReactNode
  /**
   * `wide`: for what needs the full width; `columns`: where a wide screen shows two columns; `flow`: a step of a
   * payment, in two columns where a phone lies on its side.
   */
  width?: keyof typeof widths
}

/** What stands beside a narrow screen where there is room: the app gives it. */
export const PanelContext = createContext<ReactNode>(undefined)

const widths = {
  hand: 'max-w-xl',
  columns: 'max-w-xl lg:max-w-5xl',
  wide: 'max-w-7xl',
  flow: 'max-w-xl flat:max-w-4xl',
} as const

const endSpace = 'pb-[calc(var(--tabs,0px)+max(1.5rem,env(safe-area-inset-bottom)))] lg:pb-12'
/** As high as the screen, so that the footer is at its end. */
const withFooter = 'min-h-dvh lg:min-h-0 pb-[var(--tabs,0px)] lg:pb-8'
const footerPlace =
  'sticky bottom-[calc(var(--tabs,0px)+var(--keyboard,0px))] z-20 -mx-4 mt-auto flex flex-col gap-2 bg-paper px-4 pt-2'
const footerSpace =
  'pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:static lg:mx-0 lg:px-0 flat:flex-row flat:justify-center'

export function Page(props: PageProps) {
  const { title, back, action, children, quiet, head, footer, width = 'hand' } = props
  const heading = useRef<HTMLHeadingElement>(null)
  const t = useText()
  const navigate = useNavigate()
  useEffect(() => {
    document.title = `${title} · bahi`
    heading.current?.focus()
  }, [title])
  const panel = useContext(PanelContext)
  const isBeside = (width === 'hand' || width === 'flow') && panel !== undefined
  const isBare = quiet && back === undefined && head === undefined
  const screen = (
    <div
      className={`mx-auto flex w-full animate-rise flex-col gap-5 px-[max(1rem,env(safe-area-inset-left))] pt-3 lg:px-8 lg:pt-8 ${footer ? withFooter : endSpace} ${isBeside ? 'max-w-2xl' : widths[width]}`}
    >
      <header className={`flex min-h-12 items-center gap-2 ${isBare ? 'sr-only' : ''}`}>
        {back !== undefined && (
          <button
            type="button"
            onClick={() => void (canGoBack() ? navigate(-1) : navigate(back, { replace: true }))}
            className="-ml-2 grid size-12 shrink-0 place-items-center rounded-full hover:bg-sunk"
            aria-label={t('action.back')}
          >
            <Icon name="back" />
          </button>
        )}
        <h1 ref={heading} tabIndex={-1} className={`flex-1 text-2xl font-bold ${quiet ? 'sr-only' : ''}`}>
          {title}
        </h1>
        {head !== undefined && <div className="min-w-0 flex-1">{head}</div>}
        {action}
      </header>
      {children}
      {footer && <div className={`${footerPlace} ${footerSpace}`}>{footer}</div>}
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
