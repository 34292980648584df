import { count, date, moneyShort, percent } from './format'
import { useLang, useWords, type Lang } from './lang'
import { Money } from './money'
import { kitWords } from './words'

export type TagKind = 'bool' | 'count' | 'days' | 'money' | 'rate' | 'date' | 'word'

const basisPoints = 10_000
const day = 86_400_000

interface TagValueProps {
  kind: TagKind
  unit: string
  value: boolean | number | string | null
  /** The Chinese word of a classified value. */
  label?: string | null
}

/** A tag's value as people read it. */
export function TagValue({ kind, unit, value, label }: TagValueProps) {
  const words = useWords(kitWords)
  if (value === null) return <span className="lk-none">—</span>
  if (kind === 'bool') return value ? <b>{words.yes}</b> : <span className="lk-faint">{words.no}</span>
  if (kind === 'word') return <>{label ?? String(value)}</>
  if (kind === 'money') return <Money minor={Number(value)} />
  if (kind === 'date') return <span className="lk-figure">{date(String(value))}</span>
  if (kind === 'rate') return <span className="lk-figure">{percent(Number(value) / basisPoints)}</span>
  return (
    <span className="lk-figure">
      {count(Number(value))}
      {unit && <span className="lk-faint"> {unit}</span>}
    </span>
  )
}

/** A number of a tag's column (分, basis points, days since 1970) in a few characters, for axes and ranges. */
export function tagNumber(kind: TagKind, value: number, lang: Lang): string {
  if (kind === 'money') return moneyShort(value, 'CNY', lang).replace('.00', '')
  if (kind === 'rate') return percent(value / basisPoints, { digits: 0 })
  if (kind === 'date') return new Date(value * day).toISOString().slice(0, 'yyyy-mm-dd'.length)
  return count(value)
}

/** The same number with its unit. */
export function TagNumber({ kind, unit, value }: { kind: TagKind; unit: string; value: number | null }) {
  const lang = useLang()
  if (value === null) return <span className="lk-none">—</span>
  const bare = kind === 'money' || kind === 'rate' || kind === 'date'
  return (
    <span className="lk-figure">
      {tagNumber(kind, value, lang)}
      {!bare && unit ? ` ${unit}` : ''}
    </span>
  )
}
