import { StatusTag, type Tone } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import type { State } from '../wire'
import { tagWords } from '../words'

const tones: Record<State, Tone> = { live: 'good', draft: 'warn', retired: 'neutral' }

export function StateTag({ state }: { state: State }) {
  const words = useWords(tagWords)
  return <StatusTag tone={tones[state]}>{words.states[state]}</StatusTag>
}
