import { useWords } from '@/kit/lang'
import { kitWords } from '@/kit/words'
import type { Offer, Query } from '../wire'
import { behaviourWords } from '../words'

/** What codes in answers are called: groups of a trend, pages of a path. */
export function useNames(offer: Offer) {
  const words = useWords(behaviourWords)
  const kit = useWords(kitWords)
  const of = (field: string, value: string): string =>
    offer.fields.find((one) => one.name === field)?.values[value] ?? value
  return {
    event: (name: string): string => offer.events.find((one) => one.name === name)?.title ?? name,
    page: (value: string): string => {
      if (value === '-') return words.leave
      if (value === '*') return words.otherPages
      return value ? of('page', value) : words.unknown
    },
    group: (by: Query['by'], value: string | null): string => {
      if (value === null) return words.otherPages
      if (!value) return words.unknown
      if (by === 'product_risk') return `${value} ${kit.productRiskNames[value] ?? ''}`.trim()
      return of(by ?? '', value)
    },
  }
}
