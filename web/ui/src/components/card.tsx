// A card, and a row in a list.
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Icon } from './icon.tsx'

export function Card({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <section className={`rounded-card border border-line bg-card p-5 ${className}`}>{children}</section>
}

type RowProps = {
  to?: string
  onClick?: () => void
  left?: ReactNode
  title: ReactNode
  under?: ReactNode
  right?: ReactNode
}

export function Row({ to, onClick, left, title, under, right }: RowProps) {
  const content = (
    <>
      {left}
      <span className="min-w-0 flex-1 text-left">
        <span className="line-clamp-2 font-medium wrap-anywhere">{title}</span>
        {under !== undefined && <span className="block text-sm wrap-anywhere text-soft">{under}</span>}
      </span>
      {right ?? (to !== undefined && <Icon name="right" className="size-5 text-soft" />)}
    </>
  )
  const shape = 'flex min-h-16 w-full items-center gap-3 rounded-2xl px-3 py-2'
  if (to !== undefined) {
    return (
      <Link to={to} className={`${shape} hover:bg-sunk`}>
        {content}
      </Link>
    )
  }
  if (onClick) {
    return (
      <button type="button" onClick={onClick} className={`${shape} hover:bg-sunk`}>
        {content}
      </button>
    )
  }
  return <div className={shape}>{content}</div>
}
