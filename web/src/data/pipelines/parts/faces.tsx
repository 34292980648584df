import { StatusTag, type Tone } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import type { Pipeline, Run } from '../wire'
import { pipelineWords } from '../words'

const healthTones: Record<Pipeline['health'], Tone> = {
  never: 'neutral',
  fresh: 'good',
  stale: 'warn',
  running: 'primary',
  failed: 'bad',
  blocked: 'warn',
}
const stateTones: Record<Pipeline['state'], Tone> = {
  draft: 'neutral',
  live: 'primary',
  paused: 'warn',
  retired: 'neutral',
}
const runTones: Record<Run['state'], Tone> = {
  running: 'primary',
  done: 'good',
  rejected: 'bad',
  failed: 'bad',
  blocked: 'warn',
}

export const troubled = (one: Pipeline): boolean => one.health === 'failed' || one.health === 'blocked'

export function HealthTag({ health }: { health: Pipeline['health'] }) {
  const words = useWords(pipelineWords)
  return (
    <StatusTag tone={healthTones[health]} dot>
      {words.healths[health]}
    </StatusTag>
  )
}

export function StateTag({ state }: { state: Pipeline['state'] }) {
  const words = useWords(pipelineWords)
  return <StatusTag tone={stateTones[state]}>{words.states[state]}</StatusTag>
}

export function RunTag({ state }: { state: Run['state'] }) {
  const words = useWords(pipelineWords)
  return (
    <StatusTag tone={runTones[state]} dot>
      {words.runStates[state]}
    </StatusTag>
  )
}

/** When a table is brought up to date, in words. */
export function useSchedule(): (one: { on_commit: boolean; cadence: string }) => string {
  const words = useWords(pipelineWords)
  return (one) => {
    const parts = one.on_commit ? [words.onCommit] : []
    if (one.cadence) parts.push(words.cadences[one.cadence] ?? words.every(one.cadence))
    return parts.join(' · ') || words.manual
  }
}
