import { useMemo } from 'react'
import { StatusTag } from '@/kit/badge'
import { Chart } from '@/kit/chart'
import { Empty, Loaded } from '@/kit/faces'
import { bytes, count, dateTime, percent } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel, Tile, Tiles } from '@/kit/page'
import { useIntake } from '../queries'
import type { Intake } from '../wire'
import { behaviourWords } from '../words'
import { lines } from './shapes'

type Minute = Intake['minutes'][number]
const sum = (minutes: Minute[], of: (minute: Minute) => number): number =>
  minutes.reduce((total, one) => total + of(one), 0)

/** Whether the stream runs, and what came in during the last day. */
export function StatusTab() {
  const query = useIntake()
  return <Loaded query={query}>{(intake) => <Status intake={intake} />}</Loaded>
}

function Status({ intake }: { intake: Intake }) {
  const words = useWords(behaviourWords)
  const { stream, minutes } = intake
  const accepted = sum(minutes, (one) => one.accepted)
  const aside = sum(minutes, (one) => one.late + one.malformed)
  return (
    <div className="lk-stack">
      <Tiles>
        <Tile
          name={words.stream}
          value={
            <StatusTag tone={stream.running ? 'good' : 'bad'}>
              {stream.running ? words.running : words.stopped}
            </StatusTag>
          }
          note={stream.at && dateTime(stream.at)}
        />
        <Tile name={words.held} value={count(stream.events)} />
        <Tile name={words.backlog} value={bytes(stream.backlog_bytes)} />
        <Tile name={`${words.accepted} · ${words.lastDay}`} value={count(accepted)} />
        <Tile
          name={`${words.late} / ${words.malformed}`}
          value={count(aside)}
          note={accepted + aside > 0 && percent(aside / (accepted + aside), { digits: 2 })}
          {...(aside > 0 ? { tone: 'warn' as const } : {})}
        />
        <Tile name={words.duplicates} value={count(sum(minutes, (one) => one.duplicates))} />
        <Tile name={words.unresolved} value={count(sum(minutes, (one) => one.unresolved))} />
      </Tiles>
      <Panel title={words.ratesTitle}>
        {minutes.length === 0 ? (
          <Empty title={words.noEvents} hint={words.noEventsHint} />
        ) : (
          <Rates minutes={minutes} at={stream.at} />
        )}
      </Panel>
    </div>
  )
}

function Rates({ minutes, at }: { minutes: Minute[]; at: string | null }) {
  const words = useWords(behaviourWords)
  const option = useMemo(() => {
    const labels = minutes.map((one) => dateTime(one.minute).slice(-5))
    return lines(labels, [
      [words.accepted, minutes.map((one) => one.accepted)],
      [words.duplicates, minutes.map((one) => one.duplicates)],
      [words.late, minutes.map((one) => one.late)],
      [words.malformed, minutes.map((one) => one.malformed)],
    ])
  }, [minutes, words])
  return (
    <Chart
      option={option}
      label={words.ratesTitle}
      unit={words.times}
      asOf={at && dateTime(at)}
      definition={words.ratesDefinition}
    />
  )
}
