import dayjs from 'dayjs'
import type { Lang } from './lang'

/** Pure formatting of figures. Money comes in minor units (分), rates in basis points, dates in ISO. */

const zone = 'Asia/Shanghai'

/** Currencies whose minor unit is not a hundredth. */
const minorDigits: Record<string, number> = { JPY: 0, KRW: 0, VND: 0, KWD: 3, BHD: 3 }
const symbols: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', HKD: 'HK$', CZK: 'Kč ', GBP: '£', JPY: 'JP¥' }

export function major(minor: number, currency: string): number {
  return minor / 10 ** (minorDigits[currency] ?? 2)
}

/** The exact amount, grouped and with its currency: `¥1,234,567.89`. */
export function moneyExact(minor: number, currency: string): string {
  const digits = minorDigits[currency] ?? 2
  const text = Math.abs(major(minor, currency)).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return `${minor < 0 ? '-' : ''}${symbols[currency] ?? `${currency} `}${text}`
}

interface Step {
  from: number
  word: string
}
const steps: Record<Lang, Step[]> = {
  zh: [
    { from: 1e4, word: '万' },
    { from: 1e8, word: '亿' },
  ],
  en: [
    { from: 1e3, word: 'K' },
    { from: 1e6, word: 'M' },
    { from: 1e9, word: 'B' },
  ],
}

/** The amount by its size: `1,234.50 元`, `12.35 万`, `1.20 亿` (English: K, M, B). Units from small to large. */
export function moneyShort(minor: number, currency: string, lang: Lang): string {
  const value = major(minor, currency)
  const sign = value < 0 ? '-' : ''
  const size = Math.abs(value)
  const foreign = currency === 'CNY' ? '' : (symbols[currency] ?? `${currency} `)
  const step = steps[lang].findLast(({ from }, index) => {
    const below = steps[lang][index - 1]?.from ?? 1
    // What would read "10,000.00 万" is already 1 亿; 9,999.99 元 is not yet 1 万.
    return round(size / below) >= from / below
  })
  if (step) return `${sign}${foreign}${fixed(size / step.from)}${lang === 'zh' ? ' ' : ''}${step.word}`
  const unit = lang === 'zh' && currency === 'CNY' ? ' 元' : ''
  return `${sign}${foreign}${fixed(size)}${unit}`
}

const round = (value: number): number => Math.round((value + Number.EPSILON) * 100) / 100
const fixed = (value: number): string =>
  round(value).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** A ratio (0.1234) as a percentage; `sign` puts + before a gain. */
export function percent(ratio: number, { sign = false, digits = 1 }: { sign?: boolean; digits?: number } = {}): string {
  const value = round1(ratio * 100, digits)
  const text = `${Math.abs(value).toFixed(digits)}%`
  if (value < 0) return `-${text}`
  return sign && value > 0 ? `+${text}` : text
}

function round1(value: number, digits: number): number {
  const factor = 10 ** digits
  const out = Math.round(value * factor) / factor
  return Object.is(out, -0) ? 0 : out
}

/** A probability; what rounds to certainty is still not certain. */
export function chance(ratio: number): string {
  const edge = 0.999
  if (ratio > edge && ratio < 1) return '>99.9%'
  if (ratio < 1 - edge && ratio > 0) return '<0.1%'
  return percent(ratio)
}

/** Basis points as a rate per year: 235 → `2.35%`. */
export function rate(bp: number): string {
  return `${(bp / 100).toFixed(2)}%`
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** A date or the bank's local time of an instant; `—` when unknown. */
export function date(iso: string | null | undefined): string {
  if (!iso) return '—'
  if (/^\d{4}-\d{2}-\d{2}$/.test(iso)) return iso
  return new Date(iso).toLocaleDateString('sv-SE', { timeZone: zone })
}

export function dateTime(iso: string | null | undefined): string {
  if (!iso) return '—'
  const at = new Date(iso)
  return at.toLocaleString('sv-SE', { timeZone: zone, hour12: false }).slice(0, 16)
}

export function dateTimeExact(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE', { timeZone: zone, hour12: false })
}

/** Whole days from `today` to a date; negative when it has passed. */
export function daysUntil(iso: string, today: string): number {
  return dayjs(date(iso)).diff(dayjs(date(today)), 'day')
}

export function duration(seconds: number, lang: Lang): string {
  if (seconds < 1) return lang === 'zh' ? '不到 1 秒' : '< 1 s'
  if (seconds < 60) return lang === 'zh' ? `${Math.round(seconds)} 秒` : `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) {
    const rest = Math.round(seconds % 60)
    return lang === 'zh' ? `${minutes} 分 ${rest} 秒` : `${minutes} min ${rest} s`
  }
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return lang === 'zh' ? `${hours} 小时 ${minutes % 60} 分` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return lang === 'zh' ? `${days} 天 ${hours % 24} 小时` : `${days} d ${hours % 24} h`
}

/** `202603` or `2026-03` or a date, as the month people read. */
export function month(iso: string): string {
  const digits = iso.replaceAll('-', '')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}`
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let size = value
  let unit = -1
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${size.toFixed(1)} ${units[unit] ?? ''}`
}
