import { Button, Segmented } from 'antd'
import { useState, type ReactNode } from 'react'
import { useMay } from '@/kit/actor'
import { Chart } from '@/kit/chart'
import { count, dateTime } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel, Tile, Tiles } from '@/kit/page'
import { DataTable } from '@/kit/table'
import type { Offer, Query, Result } from '../wire'
import { behaviourWords } from '../words'
import { useDrawing, type Measure } from './charts'
import { useTable } from './tables'
import { useTiles } from './tiles'

interface ResultProps {
  result: Result
  query: Query
  /** The segment that was looked at, by name; null: everybody. */
  among: ReactNode
  offer: Offer
  onWho: () => void
}

/** An answer: figures, chart and table; under the chart what was counted, and as of when. */
export function ResultView({ result, query, among, offer, onWho }: ResultProps) {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const mayLook = useMay('customer.read')
  const [measure, setMeasure] = useState<Measure>('customers')
  const drawing = useDrawing(result, offer, measure, query)
  const table = useTable(result, offer, query)
  const tiles = useTiles(result)
  const joint = result.kind === 'trend' ? words.and : words.then
  const ordered = query.steps.length === 0 ? [words.anyEvent] : [...new Set(result.steps)]
  const definition = words.definitionOf(ordered.join(joint), query.since, query.until)
  const both = result.kind === 'trend' || result.kind === 'hours'
  return (
    <div className="lk-stack">
      {tiles.length > 0 && (
        <Tiles>
          {tiles.map((one) => (
            <Tile key={one.name} name={one.name} value={one.value} />
          ))}
        </Tiles>
      )}
      <Panel
        title={words.kinds[result.kind]}
        extra={
          <span className="lk-row">
            {both && (
              <Segmented<Measure>
                value={measure}
                options={(['customers', 'times'] as const).map((value) => ({
                  value,
                  label: words.measure[value] ?? value,
                }))}
                onChange={setMeasure}
              />
            )}
            {mayLook && <Button onClick={onWho}>{words.who}</Button>}
          </span>
        }
      >
        <Chart
          option={drawing.option}
          label={`${words.kinds[result.kind]} ${definition}`}
          empty={drawing.empty}
          tall="tall"
          unit={drawing.unit}
          asOf={dateTime(result.as_of)}
          definition={
            <>
              {definition}
              {among ? words.within(among) : ''}
            </>
          }
        />
        <p className="lk-small lk-faint">{words.asked(count(result.customers), result.milliseconds)}</p>
      </Panel>
      {!drawing.empty && (
        <Panel title={words.result} flush>
          <DataTable
            key={`${result.kind}-${lang}`}
            label={words.result}
            rows={{ items: table.rows, error: null, isPending: false, refetch: () => undefined }}
            columns={table.columns}
            rowKey={(row) => row.key}
          />
        </Panel>
      )}
    </div>
  )
}
