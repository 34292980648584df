import { StatusTag, type Tone } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import type { Load, Source } from '../wire'
import { sourceWords } from '../words'

const freshTones: Record<Source['freshness'], Tone> = {
  never: 'neutral',
  running: 'primary',
  fresh: 'good',
  late: 'warn',
  refused: 'bad',
  failed: 'bad',
  broken: 'bad',
}

export const troubled = (source: Source): boolean => ['late', 'refused', 'failed', 'broken'].includes(source.freshness)

export function FreshnessTag({ freshness }: { freshness: Source['freshness'] }) {
  const words = useWords(sourceWords)
  return (
    <StatusTag tone={freshTones[freshness]} dot>
      {words.freshnessNames[freshness]}
    </StatusTag>
  )
}

const stateTones: Record<Load['state'], Tone> = {
  landed: 'primary',
  checking: 'primary',
  published: 'good',
  refused: 'bad',
  failed: 'bad',
}

export function LoadStateTag({ state }: { state: Load['state'] }) {
  const words = useWords(sourceWords)
  return (
    <StatusTag tone={stateTones[state]} dot>
      {words.states[state]}
    </StatusTag>
  )
}
