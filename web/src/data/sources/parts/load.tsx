import { Alert, Drawer, Table } from 'antd'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { bytes, count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { DataTable, type Column } from '@/kit/table'
import { size } from '@/kit/tokens'
import { useLoad, useQuarantine } from '../queries'
import type { LoadDetail, QuarantineRow } from '../wire'
import { sourceWords } from '../words'
import { LoadStateTag } from './faces'

/** One load with everything known about it, beside the list. */
export function LoadDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const words = useWords(sourceWords)
  const query = useLoad(id)
  return (
    <Drawer
      open={id !== null}
      title={query.data?.file_name ?? words.loadTitle}
      size={size.drawerWide}
      onClose={onClose}
    >
      {id && <Loaded query={query}>{(load) => <Detail load={load} />}</Loaded>}
    </Drawer>
  )
}

function Detail({ load }: { load: LoadDetail }) {
  const words = useWords(sourceWords)
  return (
    <div className="lk-stack">
      {load.sentence && (
        <Alert type={load.state === 'published' ? 'warning' : 'error'} showIcon title={load.sentence} />
      )}
      <Facts>
        <Fact name={words.state}>
          <LoadStateTag state={load.state} />
        </Fact>
        <Fact name={words.started}>
          <DateText at={load.started_at} time />
        </Fact>
        <Fact name={words.started_by}>
          {load.started_by.startsWith('system') ? words.system_run : load.started_by_name}
        </Fact>
        <Fact name={words.file}>{bytes(load.bytes)}</Fact>
        <Fact name={words.rowsRead}>{count(load.rows_read)}</Fact>
        <Fact name={words.rowsAccepted}>{count(load.rows_accepted)}</Fact>
        <Fact name={words.rowsUnchanged}>{count(load.rows_unchanged)}</Fact>
        <Fact name={words.rowsRepeated}>{count(load.rows_repeated)}</Fact>
        <Fact name={words.rowsQuarantined}>{count(load.rows_quarantined)}</Fact>
      </Facts>
      <Columns load={load} />
      {load.tables.length > 0 && <Tables load={load} />}
      {load.reasons.length > 0 && <Reasons load={load} />}
      {load.rows_quarantined > 0 && <Quarantine id={load.id} />}
      <div className="lk-small lk-faint">
        {words.checksum} <code>{load.sha256}</code>
      </div>
    </div>
  )
}

/** New and missing columns: reported, never guessed. */
function Columns({ load }: { load: LoadDetail }) {
  const words = useWords(sourceWords)
  if (load.new_columns.length + load.missing_columns.length === 0) return null
  const list = (name: string, columns: string[]) =>
    columns.length > 0 && (
      <div className="lk-row">
        {name}
        {columns.map((column) => (
          <StatusTag key={column} tone="accent">
            {column}
          </StatusTag>
        ))}
      </div>
    )
  return (
    <Alert
      type="warning"
      showIcon
      title={words.columnsHint}
      description={
        <>
          {list(words.newColumns, load.new_columns)}
          {list(words.missingColumns, load.missing_columns)}
        </>
      }
    />
  )
}

function Tables({ load }: { load: LoadDetail }) {
  const words = useWords(sourceWords)
  return (
    <section>
      <h3>{words.byTable}</h3>
      <Table
        size="small"
        pagination={false}
        rowKey="table"
        dataSource={load.tables}
        columns={[
          { title: words.table, dataIndex: 'table' },
          { title: words.accepted, dataIndex: 'accepted', align: 'right', render: count },
          { title: words.unchanged, dataIndex: 'unchanged', align: 'right', render: count },
          { title: words.corrected, dataIndex: 'corrected', align: 'right', render: count },
        ]}
      />
    </section>
  )
}

function Reasons({ load }: { load: LoadDetail }) {
  const words = useWords(sourceWords)
  return (
    <section>
      <h3>{words.byReason}</h3>
      <Table
        size="small"
        pagination={false}
        rowKey={(row) => `${row.column}|${row.reason}`}
        dataSource={load.reasons}
        columns={[
          {
            title: words.column,
            dataIndex: 'column',
            render: (column: string) => (column ? <code>{column}</code> : words.wholeRow),
          },
          { title: words.reason, dataIndex: 'reason' },
          { title: words.rows, dataIndex: 'rows', align: 'right', render: count },
        ]}
      />
    </section>
  )
}

function Quarantine({ id }: { id: string }) {
  const words = useWords(sourceWords)
  const rows = useQuarantine(id)
  const columns: Column<QuarantineRow>[] = [
    { key: 'line', title: words.line, align: 'right', card: 'badge', render: (row) => count(row.line_no) },
    {
      key: 'reasons',
      title: words.reason,
      card: 'title',
      render: (row) => row.reasons.map((reason) => <div key={reason}>{reason}</div>),
    },
    {
      key: 'raw',
      title: words.raw,
      render: (row) => (
        <>
          <pre className="lk-pre lk-raw">{row.raw}</pre>
          {row.masked && <StatusTag>{words.masked}</StatusTag>}
        </>
      ),
    },
  ]
  return (
    <section>
      <h3>{words.quarantineRows}</h3>
      <DataTable
        label={words.quarantineRows}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.line_no)}
        empty={<Empty small title={words.noQuarantine} />}
      />
    </section>
  )
}
