import { count, date, dateTime, dateTimeExact, daysUntil, percent, rate } from './format'
import { useWords } from './lang'
import { kitWords } from './words'

const nothing = <span className="lk-none">—</span>

/** A ratio as a percentage. */
export function Percent({
  ratio,
  sign = false,
  digits = 1,
}: {
  ratio: number | null | undefined
  sign?: boolean
  digits?: number
}) {
  if (ratio === null || ratio === undefined) return nothing
  return <span className="lk-figure">{percent(ratio, { sign, digits })}</span>
}

/** A yearly rate from basis points. */
export function RateText({ bp }: { bp: number | null | undefined }) {
  if (bp === null || bp === undefined) return nothing
  return <span className="lk-figure">{rate(bp)}</span>
}

export function Count({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return nothing
  return <span className="lk-figure">{count(value)}</span>
}

/** A change that is good when it rises; an arrow stands beside the colour. */
export function Trend({ ratio, goodWhen = 'up' }: { ratio: number | null | undefined; goodWhen?: 'up' | 'down' }) {
  if (ratio === null || ratio === undefined) return nothing
  const flat = Math.abs(ratio) < 0.0005
  const good = ratio > 0 === (goodWhen === 'up')
  const face = flat ? 'flat' : good ? 'good' : 'bad'
  const arrow = flat ? '→' : ratio > 0 ? '↑' : '↓'
  return (
    <span className={`lk-figure lk-trend lk-trend-${face}`}>
      <span aria-hidden>{arrow}</span> {percent(ratio, { sign: true })}
    </span>
  )
}

/** A date, or an instant in the bank's time with seconds on hover. */
export function DateText({ at, time = false }: { at: string | null | undefined; time?: boolean }) {
  if (!at) return nothing
  const instant = at.includes('T')
  return (
    <time className="lk-figure" dateTime={at} title={instant ? dateTimeExact(at) : undefined}>
      {time ? dateTime(at) : date(at)}
    </time>
  )
}

/** How long ago, with the date on hover. */
export function Ago({ at, today }: { at: string | null | undefined; today: string }) {
  const words = useWords(kitWords)
  if (!at) return nothing
  const days = -daysUntil(at, today)
  return (
    <time className="lk-figure" dateTime={at} title={at.includes('T') ? dateTimeExact(at) : at}>
      {days >= 0 && days <= 90 ? words.daysAgo(days) : date(at)}
    </time>
  )
}

/** A date that is coming, with how many days are left; past dates warn. */
export function Due({ at, today, warnDays = 30 }: { at: string | null | undefined; today: string; warnDays?: number }) {
  const words = useWords(kitWords)
  if (!at) return nothing
  const days = daysUntil(at, today)
  const face = days < 0 ? 'bad' : days <= warnDays ? 'warn' : 'calm'
  return (
    <span className="lk-due">
      <time className="lk-figure" dateTime={at}>
        {date(at)}
      </time>
      <span className={`lk-due-left lk-due-${face}`}>{words.daysLeft(days)}</span>
    </span>
  )
}

/** The day by the bank's calendar. */
export function today(): string {
  return date(new Date().toISOString())
}
