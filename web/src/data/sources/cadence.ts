import type { Lang } from '@/kit/lang'

const units: Record<Lang, Record<string, string>> = {
  zh: { m: '分钟', h: '小时', d: '天' },
  en: { m: 'min', h: 'h', d: 'days' },
}
const daily: Record<Lang, string> = { zh: '每日', en: 'daily' }

/** A cadence such as `5m` or `1d` as people say it; a text we do not know stays as it is. */
export function cadenceText(cadence: string, lang: Lang): string {
  const match = /^(\d+)([mhd])$/.exec(cadence)
  if (!match) return cadence || '—'
  const [, count = '', unit = ''] = match
  if (count === '1' && unit === 'd') return daily[lang]
  return lang === 'zh' ? `每 ${count} ${units.zh[unit] ?? ''}` : `every ${count} ${units.en[unit] ?? ''}`
}
