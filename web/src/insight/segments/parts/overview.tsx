import { useMemo } from 'react'
import { Link } from 'react-router'
import { Chart } from '@/kit/chart'
import { Empty, Loaded } from '@/kit/faces'
import { Count, Percent } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useContrasts, useOverlaps } from '../queries'
import type { Contrast, Overlap, SegmentDetail } from '../wire'
import { segmentWords } from '../words'

/** Who they are: the rule, what to do, how they differ, whom they share with others, how the size moved. */
export function Overview({ detail }: { detail: SegmentDetail }) {
  const words = useWords(segmentWords)
  const contrasts = useContrasts(detail.segment.id)
  const overlaps = useOverlaps(detail.segment.id)
  const option = useMemo(
    () => ({
      grid: { left: 56, right: 24, top: 24, bottom: 32 },
      xAxis: { type: 'category' as const, data: detail.trend.map((one) => one.as_of) },
      yAxis: { type: 'value' as const, minInterval: 1 },
      tooltip: { trigger: 'axis' as const },
      series: [{ type: 'line' as const, data: detail.trend.map((one) => one.customers), showSymbol: true }],
    }),
    [detail.trend],
  )
  return (
    <div className="lk-grid">
      <div className="lk-span-7 lk-stack">
        <Panel title={words.contrasts} extra={<span className="seg-soft">{words.contrastsNote}</span>}>
          <Loaded query={contrasts}>
            {(found) =>
              found.length === 0 ? <Empty small title={words.contrastsEmpty} /> : <ContrastList found={found} />
            }
          </Loaded>
        </Panel>
      </div>
      <div className="lk-span-5 lk-stack">
        <RulePanel detail={detail} />
        <Panel title={words.trend}>
          <Chart
            option={option}
            label={`${words.trend}：${detail.trend.map((one) => `${one.as_of} ${count(one.customers)}`).join('，')}`}
            empty={detail.trend.length === 0}
            tall="small"
            asOf={detail.as_of}
            definition={words.trendDefinition}
          />
        </Panel>
        <Panel title={words.overlaps}>
          <Loaded query={overlaps}>
            {(found) => {
              const shared = found.filter((one) => one.customers > 0)
              return shared.length === 0 ? (
                <Empty small title={words.overlapsEmpty} />
              ) : (
                <OverlapList found={shared.toSorted((one, other) => other.customers - one.customers)} />
              )
            }}
          </Loaded>
        </Panel>
      </div>
    </div>
  )
}

/** What makes a customer a member, why, and what to do for them. */
function RulePanel({ detail: { segment } }: { detail: SegmentDetail }) {
  const words = useWords(segmentWords)
  return (
    <Panel title={words.rule}>
      <div className="lk-stack">
        <p>{segment.sentence}</p>
        <code className="seg-code">{segment.rule_text}</code>
        {segment.meaning && <p className="seg-soft">{segment.meaning}</p>}
        {segment.strategy.length > 0 && (
          <>
            <strong>{words.strategy}</strong>
            <ul className="seg-list">
              {segment.strategy.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Panel>
  )
}

const signs: Record<string, string> = { '>=': '≥ ', '<=': '≤ ', '=': '' }
const shownOverlaps = 8
const fewDigits = 1

function ContrastList({ found }: { found: Contrast[] }) {
  const words = useWords(segmentWords)
  return (
    <ul className="seg-contrasts">
      {found.map((one) => (
        <li key={one.field}>
          <span className="seg-trait">
            {one.label} <b>{`${signs[one.sign] ?? ''}${one.value}`}</b>
          </span>
          <span className="seg-bars">
            <Bar name={words.share} ratio={one.share} />
            <Bar name={words.bankShare} ratio={one.bank_share} all />
          </span>
          <span className={`seg-lift${one.lift > 1 ? ' seg-lift-more' : ''}`}>
            {words.times(one.lift.toFixed(fewDigits))}
          </span>
        </li>
      ))}
    </ul>
  )
}

function OverlapList({ found }: { found: Overlap[] }) {
  const words = useWords(segmentWords)
  return (
    <ul className="lk-lines">
      {found.slice(0, shownOverlaps).map((one) => (
        <li key={one.id} className="seg-overlap">
          <Link to={`/segments/${one.id}`}>{one.name}</Link>
          <Bar title={words.sharedOf} ratio={one.share} />
          <Count value={one.customers} />
        </li>
      ))}
    </ul>
  )
}

const whole = 100

/** A share as a bar, its name before and its figure after it. */
function Bar({ name, title, ratio, all = false }: { name?: string; title?: string; ratio: number; all?: boolean }) {
  return (
    <span className={`seg-bar${all ? ' seg-bar-all' : ''}${name ? '' : ' seg-bar-plain'}`} title={title}>
      {name && <span>{name}</span>}
      <span className="seg-bar-track">
        <i style={{ width: `${Math.min(ratio, 1) * whole}%` }} />
      </span>
      <Percent ratio={ratio} />
    </span>
  )
}
