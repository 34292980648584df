import { Link } from 'react-router'
import type { ReactNode } from 'react'
import { useEffect } from 'react'

interface PageProps {
  title: ReactNode
  /** What the browser's tab says when the title is not a text. */
  tab?: string
  note?: ReactNode
  actions?: ReactNode
  back?: { to: string; label: string }
  children: ReactNode
}

/** A page: where we are, what it is for, its actions, its content. */
export function Page({ title, tab, note, actions, back, children }: PageProps) {
  const label = tab ?? (typeof title === 'string' ? title : '')
  useEffect(() => {
    document.title = label ? `${label} · 留客` : '留客'
  }, [label])
  return (
    <div className="lk-page">
      <header className="lk-page-head">
        <div className="lk-page-name">
          {back && (
            <Link className="lk-back" to={back.to}>
              ‹ {back.label}
            </Link>
          )}
          {title && <h1>{title}</h1>}
          {note && <div className="lk-page-note">{note}</div>}
        </div>
        {actions && <div className="lk-page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

interface PanelProps {
  title?: ReactNode
  extra?: ReactNode
  flush?: boolean
  className?: string
  children: ReactNode
}

/** A sheet of the page. `flush` lets a table reach its edges. */
export function Panel({ title, extra, flush = false, className = '', children }: PanelProps) {
  return (
    <section className={`lk-panel${flush ? ' lk-panel-flush' : ''} ${className}`}>
      {(title || extra) && (
        <header className="lk-panel-head">
          <h2>{title}</h2>
          {extra && <div className="lk-panel-extra">{extra}</div>}
        </header>
      )}
      <div className="lk-panel-body">{children}</div>
    </section>
  )
}

/** One figure with its name and a word of context. */
export function Tile({
  name,
  value,
  note,
  tone,
}: {
  name: ReactNode
  value: ReactNode
  note?: ReactNode
  tone?: 'warn' | 'bad' | 'good'
}) {
  return (
    <div className={`lk-tile${tone ? ` lk-tile-${tone}` : ''}`}>
      <div className="lk-tile-name">{name}</div>
      <div className="lk-tile-value">{value}</div>
      {note && <div className="lk-tile-note">{note}</div>}
    </div>
  )
}

export function Tiles({ children }: { children: ReactNode }) {
  return <div className="lk-tiles">{children}</div>
}

/** The head of a detail page: who or what, its badges, its facts, its actions. */
export function DetailHeader({
  name,
  badges,
  facts,
  actions,
  alerts,
}: {
  name: ReactNode
  badges?: ReactNode
  facts?: ReactNode
  actions?: ReactNode
  alerts?: ReactNode
}) {
  return (
    <section className="lk-panel lk-detail-head">
      <div className="lk-detail-top">
        <div className="lk-detail-name">
          <h1>{name}</h1>
          <div className="lk-detail-badges">{badges}</div>
        </div>
        {actions && <div className="lk-page-actions">{actions}</div>}
      </div>
      {facts}
      {alerts}
    </section>
  )
}
