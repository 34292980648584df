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
  const { segment } = detail
  const contrasts = useContrasts(segment.id)
  const overlaps = useOverlaps(segment.id)
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
      <Panel
        title={words.contrasts}
        extra={<span className="seg-soft">{words.contrastsNote}</span>}
        className="lk-span-7"
      >
        <Loaded query={contrasts}>
          {(found) =>
            found.length === 0 ? <Empty small title={words.contrastsEmpty} /> : <ContrastList found={found} />
          }
        </Loaded>
      </Panel>
      <Panel title={words.rule} className="lk-span-5">
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
      <Panel title={words.overlaps} className="lk-span-7">
        <Loaded query={overlaps}>
          {(found) =>
            found.length === 0 ? <Empty small title={words.overlapsEmpty} /> : <OverlapList found={found} />
          }
        </Loaded>
      </Panel>
      <Panel title={words.trend} className="lk-span-5">
        <Chart
          option={option}
          label={`${words.trend}：${detail.trend.map((one) => `${one.as_of} ${count(one.customers)}`).join('，')}`}
          empty={detail.trend.length === 0}
          tall="small"
          asOf={detail.as_of}
          definition={words.trendDefinition}
        />
      </Panel>
    </div>
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
            <span className="seg-bar">
              <i style={{ width: `${one.share * 100}%` }} />
              <em>
                {words.share} <Percent ratio={one.share} />
              </em>
            </span>
            <span className="seg-bar seg-bar-all">
              <i style={{ width: `${one.bank_share * 100}%` }} />
              <em>
                {words.bankShare} <Percent ratio={one.bank_share} />
              </em>
            </span>
          </span>
          <span className="seg-lift">{words.times(one.lift.toFixed(fewDigits))}</span>
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
          <span className="seg-bar">
            <i style={{ width: `${one.share * 100}%` }} />
            <em>
              {words.sharedOf} <Percent ratio={one.share} />
            </em>
          </span>
          <Count value={one.customers} />
        </li>
      ))}
    </ul>
  )
}
