import { count } from '@/kit/format'

/** How many more or fewer; neither is good or bad by itself. */
export function Delta({ value }: { value: number | null }) {
  if (value === null) return <span className="lk-none">—</span>
  if (value === 0) return <span className="lk-figure">0</span>
  return (
    <span className="lk-figure">
      <span aria-hidden>{value > 0 ? '↑' : '↓'}</span> {count(Math.abs(value))}
    </span>
  )
}
