import { DateText } from '@/kit/figure'
import { bytes, count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Tile, Tiles } from '@/kit/page'
import type { AuditState } from '../wire'
import { auditWords } from '../words'

/** How much is sealed, by whose key, who watches, and how the last verification ended. */
export function StateTiles({ state }: { state: AuditState }) {
  const words = useWords(auditWords)
  const { verification, witnesses } = state
  const troubled = witnesses.filter((one) => one.trouble !== '')
  return (
    <Tiles>
      <Tile
        name={words.sealed}
        value={count(state.size)}
        note={state.unsealed === 0 ? words.allSealed : words.unsealed(count(state.unsealed))}
      />
      <Tile
        name={words.lastCheckpoint}
        value={state.last ? state.algorithm.toUpperCase() : words.noCheckpoint}
        note={<DateText at={state.last?.at} time />}
      />
      <Tile
        name={words.lastVerification}
        value={
          verification
            ? verification.sound === null
              ? words.running
              : verification.sound
                ? words.sound
                : words.unsound(verification.faults_total)
            : words.never
        }
        note={verification && <DateText at={verification.ended_at ?? verification.started_at} time />}
        {...(verification?.sound
          ? { tone: 'good' as const }
          : verification?.sound === false
            ? { tone: 'bad' as const }
            : {})}
      />
      <Tile
        name={words.witnesses}
        value={
          witnesses.length === 0
            ? words.noWitness
            : words.witnessed(witnesses.length - troubled.length, witnesses.length)
        }
        note={troubled[0]?.trouble ?? witnesses.map((one) => one.name).join(' · ')}
        {...(troubled.length > 0 || witnesses.length === 0 ? { tone: 'warn' as const } : {})}
      />
      <Tile
        name={words.segments}
        value={count(state.segments)}
        note={`${words.sealedSegments(state.sealed_segments)} · ${bytes(state.disk_bytes)}`}
      />
    </Tiles>
  )
}
