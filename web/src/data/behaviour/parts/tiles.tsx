import { count, duration, percent } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import type { Result } from '../wire'
import { behaviourWords } from '../words'

const bp = 10_000
const hundredth = 100
const minute = 60

/** The figures that stand above the chart. */
export function useTiles(result: Result): { name: string; value: string }[] {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const at = (name: string): number | null => result.summary[name] ?? null
  const tile = (name: string, value: number | null, say: (value: number) => string) =>
    value === null ? [] : [{ name, value: say(value) }]
  const long = (minutes: number) => duration(minutes * minute, lang)
  switch (result.kind) {
    case 'trend':
      return result.steps.length === 1
        ? [...tile(words.customersColumn, at('customers_0'), count), ...tile(words.timesColumn, at('times_0'), count)]
        : []
    case 'distribution':
      return [...tile(words.customersColumn, at('customers'), count), ...tile(words.timesColumn, at('times'), count)]
    case 'interval':
      return [
        ...tile(words.timesColumn, at('count'), count),
        ...tile(`${words.median}`, at('median_minutes'), long),
        ...tile(words.ninety, at('p90_minutes'), long),
      ]
    case 'session':
      return [
        ...tile(words.sessionCount, at('sessions'), count),
        ...tile(words.meanSeconds, at('seconds'), (value) => duration(value, lang)),
        ...tile(words.meanEvents, at('events_x100'), (value) => (value / hundredth).toFixed(1)),
        ...tile(words.single, at('single_bp'), (value) => percent(value / bp)),
      ]
    case 'hours': {
      const [times, night] = [at('times'), at('night_times')]
      return [
        ...tile(words.timesColumn, times, count),
        ...(times ? tile(words.night, night, (value) => percent(value / times)) : []),
      ]
    }
    default:
      return []
  }
}
