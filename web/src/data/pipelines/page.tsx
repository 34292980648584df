import { BranchesOutlined, PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Panel, Tile, Tiles } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { HealthTag, StateTag, troubled, useSchedule } from './parts/faces'
import { usePipelines } from './queries'
import type { Pipeline } from './wire'
import { pipelineWords } from './words'

/** 数据开发: every derived table, how fresh it is, and what stands in its way. */
export function PipelinesPage() {
  const words = useWords(pipelineWords)
  const query = usePipelines()
  const may = useMay('pipeline.edit')
  const actions = (
    <>
      <Link to="/lineage">
        <Button icon={<BranchesOutlined />}>{words.lineage}</Button>
      </Link>
      {may && (
        <Link to="/pipelines/new">
          <Button type="primary" icon={<PlusOutlined />}>
            {words.create}
          </Button>
        </Link>
      )}
    </>
  )
  return (
    <Page title={words.title} note={words.note} actions={actions}>
      <Loaded query={query}>
        {(tables) => (
          <>
            <Summary tables={tables} />
            <List tables={tables} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Summary({ tables }: { tables: Pipeline[] }) {
  const words = useWords(pipelineWords)
  const trouble = tables.filter(troubled).length
  return (
    <Tiles>
      <Tile name={words.tileTables} value={count(tables.length)} />
      <Tile name={words.tileFresh} value={count(tables.filter((one) => one.health === 'fresh').length)} tone="good" />
      <Tile name={words.tileTrouble} value={count(trouble)} {...(trouble > 0 ? { tone: 'bad' as const } : {})} />
      <Tile name={words.tileRows} value={count(tables.reduce((sum, one) => sum + one.rows, 0))} />
    </Tiles>
  )
}

function List({ tables }: { tables: Pipeline[] }) {
  const words = useWords(pipelineWords)
  const navigate = useNavigate()
  return (
    <Panel flush>
      <DataTable
        label={words.title}
        rows={{ items: tables, error: null, isPending: false, refetch: () => undefined }}
        columns={useColumns()}
        rowKey={(row) => row.name}
        keyboard
        onOpen={(row) => void navigate(`/pipelines/${encodeURIComponent(row.name)}`)}
        empty={<Empty title={words.empty} hint={words.emptyHint} />}
      />
    </Panel>
  )
}

function useColumns(): Column<Pipeline>[] {
  const words = useWords(pipelineWords)
  const schedule = useSchedule()
  return [
    {
      key: 'name',
      title: words.table,
      card: 'title',
      render: (row) => (
        <span className="lk-two-lines">
          <span className="lk-name">{row.title}</span>
          <span>{row.name}</span>
        </span>
      ),
    },
    { key: 'state', title: words.state, card: 'none', render: (row) => <StateTag state={row.state} /> },
    { key: 'health', title: words.health, card: 'badge', render: (row) => <HealthTag health={row.health} /> },
    { key: 'rows', title: words.rows, align: 'right', card: 'figure', render: (row) => count(row.rows) },
    { key: 'built', title: words.builtAt, render: (row) => <DateText at={row.built_at} time /> },
    { key: 'failing', title: words.failing, render: (row) => <Trouble row={row} /> },
    { key: 'inputs', title: words.inputs, card: 'none', render: (row) => row.inputs.join('、') },
    { key: 'schedule', title: words.schedule, card: 'none', render: (row) => schedule(row) },
    {
      key: 'owner',
      title: words.owner,
      card: 'none',
      render: (row) => row.owner || <span className="lk-none">—</span>,
    },
  ]
}

/** Which rule failed, or whom the table waits for. */
function Trouble({ row }: { row: Pipeline }) {
  const words = useWords(pipelineWords)
  if (row.health === 'blocked') return <span className="lk-warn">{words.waitsFor(row.blocked_by.join('、'))}</span>
  const broken = row.last_run?.broken[0]
  if (broken) {
    return (
      <span className={broken.stops ? 'lk-bad' : 'lk-warn'}>
        {broken.rule} · {words.brokenRows(count(broken.rows))}
      </span>
    )
  }
  if (row.health === 'failed') return <span className="lk-bad">{words.runStates['failed']}</span>
  return <span className="lk-none">—</span>
}
