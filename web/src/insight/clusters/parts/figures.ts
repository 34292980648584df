import { count, moneyShort, percent } from '@/kit/format'
import type { Lang } from '@/kit/lang'

const cents = 100
const short = 10_000

/** 元 as the reader reads estimates: whole ones, in 万 and 亿 from there. */
export function yuan(value: number, lang: Lang): string {
  const whole = Math.round(value)
  if (Math.abs(whole) < short) return lang === 'zh' ? `${count(whole)} 元` : `¥${count(whole)}`
  return moneyShort(whole * cents, 'CNY', lang)
}

/** A median in its own unit. */
export function inUnit(value: number | null, unit: string, lang: Lang): string {
  if (value === null) return '—'
  if (unit === '元') return yuan(value, lang)
  if (unit === '%') return percent(value / cents)
  const digits = Number.isInteger(value) ? count(value) : value.toFixed(1)
  return `${digits} ${unit}`
}
