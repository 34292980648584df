import type { ReactNode } from 'react'
import { useWords } from './lang'
import { kitWords } from './words'

export type Tone = 'neutral' | 'primary' | 'good' | 'warn' | 'bad' | 'accent' | 'gold' | 'plum'

/** A small word with a tone; the tone never speaks alone. */
export function StatusTag({
  tone = 'neutral',
  dot = false,
  children,
}: {
  tone?: Tone
  dot?: boolean
  children: ReactNode
}) {
  return (
    <span className={`lk-tag lk-tag-${tone}`}>
      {dot && <i className="lk-dot" aria-hidden />}
      {children}
    </span>
  )
}

const tierTones: Record<string, Tone> = { mass: 'neutral', affluent: 'primary', hnw: 'gold', rising: 'plum' }

/** The customer's tier. */
export function TierBadge({ tier }: { tier: string | null | undefined }) {
  const words = useWords(kitWords)
  if (!tier) return <span className="lk-none">—</span>
  return <StatusTag tone={tierTones[tier] ?? 'neutral'}>{words.tierNames[tier] ?? tier}</StatusTag>
}

/** Risk C1–C5 of a customer or R1–R5 of a product: letter and colour; the word beside it or on hover. */
export function RiskBadge({ level, named = false }: { level: string | null | undefined; named?: boolean }) {
  const words = useWords(kitWords)
  if (!level) return <span className="lk-none">{words.notTested}</span>
  const name = words.toleranceNames[level] ?? words.productRiskNames[level] ?? level
  return (
    <span className={`lk-risk lk-risk-${level.slice(1)}`} title={name}>
      <b>{level}</b>
      {named && <span>{name}</span>}
    </span>
  )
}

/** Letters that stand for a product kind where a column is too narrow for words. */
export function KindTag({ kind }: { kind: string }) {
  const words = useWords(kitWords)
  return <span className={`lk-kind lk-kind-${kind}`}>{words.productKinds[kind] ?? kind}</span>
}

/** A fact with its name, for headers and description lists. */
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="lk-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

export function Facts({ children, columns }: { children: ReactNode; columns?: 2 | 3 | 4 }) {
  return <dl className={`lk-facts${columns ? ` lk-facts-${columns}` : ''}`}>{children}</dl>
}
