import type { Waterfall } from './wire'

export interface Bar {
  name: string
  note: string
  /** Where the bar begins and ends on the scale of match weight. */
  from: number
  to: number
  kind: 'prior' | 'for' | 'against' | 'nothing' | 'total'
}

/** The bars of a waterfall: each begins where the one before ended; prior and total stand on zero. */
export function barsOf(waterfall: Waterfall, names: { prior: string; total: string }): Bar[] {
  let at = waterfall.prior
  const bars: Bar[] = [{ name: names.prior, note: '', from: 0, to: at, kind: 'prior' }]
  for (const step of waterfall.steps) {
    const to = at + step.weight
    const kind = step.weight > 0 ? 'for' : step.weight < 0 ? 'against' : 'nothing'
    bars.push({ name: step.label, note: step.outcome_label, from: at, to, kind })
    at = to
  }
  bars.push({ name: names.total, note: '', from: 0, to: waterfall.total, kind: 'total' })
  return bars
}

/** Evidence with its sign, one digit. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(1)
  return value < -0.05 ? `-${text}` : value > 0.05 ? `+${text}` : text
}
