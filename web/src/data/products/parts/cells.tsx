import { StatusTag, type Tone } from '@/kit/badge'
import { rate } from '@/kit/format'
import { useWords } from '@/kit/lang'
import type { Product } from '../wire'
import { productWords } from '../words'

const tones: Record<string, Tone> = { raising: 'accent', open: 'good', closed: 'neutral', due: 'neutral' }

export function ProductStatus({ status }: { status: string }) {
  const words = useWords(productWords)
  return (
    <StatusTag tone={tones[status] ?? 'neutral'} dot>
      {words.statuses[status] ?? status}
    </StatusTag>
  )
}

/** A fixed rate, or the benchmark's range, or nothing. */
export function Yield({ product }: { product: Pick<Product, 'rate_bp' | 'benchmark_low_bp' | 'benchmark_high_bp'> }) {
  const { rate_bp, benchmark_low_bp: low, benchmark_high_bp: high } = product
  const text = rate_bp !== null ? rate(rate_bp) : range(low, high)
  return text ? <span className="lk-figure">{text}</span> : <span className="lk-none">—</span>
}

function range(low: number | null, high: number | null): string {
  if (low === null && high === null) return ''
  if (low === null || high === null || low === high) return rate(low ?? high ?? 0)
  return `${rate(low)} – ${rate(high)}`
}

export function Term({ days }: { days: number | null }) {
  const words = useWords(productWords)
  return <span className="lk-figure">{days === null ? words.noTerm : words.days(days)}</span>
}
