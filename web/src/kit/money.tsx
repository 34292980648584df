import { moneyExact, moneyShort } from './format'
import { useLang } from './lang'

interface MoneyProps {
  /** Minor units (分). */
  minor: number | null | undefined
  currency?: string
  /** Show every digit, as in a statement. */
  exact?: boolean
  /** Put + before a gain. */
  sign?: boolean
}

/** An amount: 元/万/亿 by its size, the exact value on hover. */
export function Money({ minor, currency = 'CNY', exact = false, sign = false }: MoneyProps) {
  const lang = useLang()
  if (minor === null || minor === undefined) return <span className="lk-none">—</span>
  const full = moneyExact(minor, currency)
  const text = exact ? full : moneyShort(minor, currency, lang)
  return (
    <span className="lk-figure" title={full}>
      {sign && minor > 0 ? '+' : ''}
      {text}
    </span>
  )
}
