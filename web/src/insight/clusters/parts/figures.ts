import { count, moneyShort, percent } from '@/kit/format'
import type { Lang } from '@/kit/lang'

const cents = 100

/** 元 as the reader reads amounts. */
export const yuan = (value: number, lang: Lang): string => moneyShort(Math.round(value * cents), 'CNY', lang)

/** A median in its own unit. */
export function inUnit(value: number | null, unit: string, lang: Lang): string {
  if (value === null) return '—'
  if (unit === '元') return yuan(value, lang)
  if (unit === '%') return percent(value / cents)
  const digits = Number.isInteger(value) ? count(value) : value.toFixed(1)
  return `${digits} ${unit}`
}
