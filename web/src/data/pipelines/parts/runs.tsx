import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useRuns } from '../queries'
import type { Run } from '../wire'
import { pipelineWords } from '../words'
import { RunTag } from './faces'

const seconds = (run: Run): number | null =>
  run.ended_at ? (Date.parse(run.ended_at) - Date.parse(run.started_at)) / 1000 : null

/** Every run: why, what it did, which rule stopped it. */
export function Runs({ name }: { name: string }) {
  const words = useWords(pipelineWords)
  const lang = useLang()
  const columns: Column<Run>[] = [
    { key: 'at', title: words.startedAt, card: 'title', render: (row) => <DateText at={row.started_at} time /> },
    { key: 'state', title: words.state, card: 'badge', render: (row) => <RunTag state={row.state} /> },
    { key: 'version', title: words.tabs['versions'] ?? '', render: (row) => words.version(row.version) },
    { key: 'why', title: words.why, render: (row) => row.why || <span className="lk-none">—</span> },
    {
      key: 'partitions',
      title: words.partitions,
      align: 'right',
      render: (row) => `${count(row.partitions_done)} / ${count(row.partitions)}`,
    },
    { key: 'rows', title: words.rows, align: 'right', card: 'figure', render: (row) => count(row.rows) },
    {
      key: 'took',
      title: words.took,
      align: 'right',
      render: (row) => {
        const took = seconds(row)
        return took === null ? <span className="lk-none">—</span> : duration(took, lang)
      },
    },
    { key: 'broken', title: words.failing, render: (row) => <Broken run={row} /> },
    {
      key: 'by',
      title: words.by_,
      render: (row) => (row.started_by.startsWith('system') ? words.system : row.started_by_name),
    },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.tabs['runs'] ?? ''}
        rows={useRuns(name)}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noRuns} small />}
      />
    </Panel>
  )
}

function Broken({ run }: { run: Run }) {
  const words = useWords(pipelineWords)
  if (run.broken.length === 0) {
    return run.sentence ? <span className="lk-bad lk-small">{run.sentence}</span> : <span className="lk-none">—</span>
  }
  return (
    <ul>
      {run.broken.map((one) => (
        <li key={one.rule} className="lk-small">
          <span className={one.stops ? 'lk-bad' : 'lk-warn'}>
            {one.rule} · {words.brokenRows(count(one.rows))}
          </span>
          {one.samples.slice(0, 3).map((sample) => (
            <div key={sample} className="lk-faint">
              {sample}
            </div>
          ))}
        </li>
      ))}
    </ul>
  )
}
