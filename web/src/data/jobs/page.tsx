import { Progress, Segmented } from 'antd'
import { useAddress } from '@/kit/address'
import { StatusTag, type Tone } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { Ago, DateText, today } from '@/kit/figure'
import { duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useRunning, useRuns } from './queries'
import type { Run } from './wire'
import { jobWords } from './words'

const tones: Record<Run['state'], Tone> = { running: 'primary', done: 'good', failed: 'bad' }
const states: Run['state'][] = ['running', 'done', 'failed']

/** 任务: what long work runs, how far it is, how it ended. */
export function JobsPage() {
  const words = useWords(jobWords)
  const [address, change] = useAddress()
  const state = states.find((one) => one === address.get('state'))
  const rows = useRuns(state)
  const options = [{ label: words.all, value: '' }, ...states.map((value) => ({ label: words.states[value], value }))]
  const filter = (
    <Segmented size="small" options={options} value={state ?? ''} onChange={(value) => change({ state: value })} />
  )
  return (
    <Page title={words.title} note={words.note}>
      <RunningPanel />
      <Panel title={words.history} extra={filter} flush>
        <DataTable
          label={words.history}
          rows={rows}
          columns={useColumns()}
          rowKey={(row) => row.id}
          keyboard
          filtered={state !== undefined}
          onClearFilters={() => change({ state: undefined })}
          empty={<Empty title={words.empty} />}
        />
      </Panel>
    </Page>
  )
}

function RunningPanel() {
  const words = useWords(jobWords)
  const query = useRunning()
  return (
    <Panel title={words.running}>
      <Loaded query={query} small>
        {(runs) =>
          runs.length === 0 ? (
            <span className="lk-soft">{words.nothingRuns}</span>
          ) : (
            <ul className="lk-stack" aria-live="polite">
              {runs.map((run) => (
                <RunLine key={run.id} run={run} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  )
}

function RunLine({ run }: { run: Run }) {
  return (
    <li>
      <div className="lk-row-between">
        <JobName run={run} />
        <span className="lk-small lk-soft">{run.message}</span>
      </div>
      <Progress percent={Math.round(run.fraction * 100)} size="small" status="active" />
    </li>
  )
}

function JobName({ run }: { run: Run }) {
  const words = useWords(jobWords)
  return (
    <span className="lk-row">
      <b>{words.names[run.job] ?? run.job}</b>
      <span className="lk-faint">{run.target}</span>
    </span>
  )
}

function seconds(run: Run): number {
  return (Date.parse(run.ended_at ?? run.moved_at) - Date.parse(run.started_at)) / 1000
}

function useColumns(): Column<Run>[] {
  const words = useWords(jobWords)
  const lang = useLang()
  return [
    { key: 'job', title: words.job, card: 'title', render: (row) => <JobName run={row} /> },
    {
      key: 'state',
      title: words.state,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={tones[row.state]} dot>
          {words.states[row.state]}
        </StatusTag>
      ),
    },
    { key: 'started', title: words.startedAt, render: (row) => <DateText at={row.started_at} time /> },
    { key: 'ago', title: '', card: 'none', render: (row) => <Ago at={row.started_at} today={today()} /> },
    { key: 'took', title: words.took, align: 'right', render: (row) => duration(seconds(row), lang) },
    { key: 'message', title: words.message, render: (row) => (row.state === 'done' ? '—' : row.message || '—') },
    {
      key: 'by',
      title: words.startedBy,
      card: 'none',
      render: (row) => (row.started_by.startsWith('system') ? words.system : row.started_by),
    },
  ]
}
