import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag, type Tone } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { Count, DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { StartDrawer } from './parts/start'
import { useClusterings } from './queries'
import type { Clustering } from './wire'
import { clusterWords } from './words'

export const runTones: Record<Clustering['state'], Tone> = { running: 'primary', done: 'good', failed: 'bad' }

/** 聚类: the runs, newest first. */
export function ClusteringsPage() {
  const words = useWords(clusterWords)
  const navigate = useNavigate()
  const [starting, setStarting] = useState(false)
  const rows = useClusterings()
  const may = useMay('cluster.run')
  const start = may && (
    <Button type="primary" onClick={() => setStarting(true)}>
      {rows.items?.length ? words.start : words.startFirst}
    </Button>
  )
  return (
    <Page title={words.title} note={words.note} actions={start}>
      <Panel flush>
        <DataTable
          label={words.title}
          rows={rows}
          columns={useColumns()}
          rowKey={(row) => row.id}
          keyboard
          onOpen={(row) => void navigate(`/clusters/${row.id}`)}
          empty={<Empty title={words.empty} hint={words.emptyHint} />}
        />
      </Panel>
      {may && <StartDrawer open={starting} onClose={() => setStarting(false)} />}
    </Page>
  )
}

function useColumns(): Column<Clustering>[] {
  const words = useWords(clusterWords)
  return [
    {
      key: 'version',
      title: words.version,
      card: 'title',
      render: (row) => <span className="lk-name">{words.versionOf(row.version)}</span>,
    },
    {
      key: 'state',
      title: words.state,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={runTones[row.state]} dot>
          {words.states[row.state] ?? row.state}
        </StatusTag>
      ),
    },
    { key: 'method', title: words.method, render: (row) => words.methods[row.method] ?? row.method },
    { key: 'k', title: words.k, align: 'right', render: (row) => row.k ?? '—' },
    {
      key: 'groups',
      title: words.groups,
      render: (row) =>
        row.state === 'failed' ? <span className="lk-soft">{row.message}</span> : <Names names={row.names} />,
    },
    {
      key: 'customers',
      title: words.customers,
      align: 'right',
      card: 'figure',
      render: (row) => <Count value={row.size || null} />,
    },
    { key: 'as_of', title: words.asOf, render: (row) => <DateText at={row.as_of} /> },
    { key: 'by', title: words.startedBy, card: 'none', render: (row) => row.started_by_name },
    { key: 'at', title: words.startedAt, card: 'none', render: (row) => <DateText at={row.started_at} time /> },
  ]
}

const shown = 2

/** The first names in lines; the rest on hover. */
function Names({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="lk-none">—</span>
  return (
    <span className="lk-small" title={names.join('\n')}>
      {names.slice(0, shown).join('、')}
      {names.length > shown && <span className="lk-faint"> +{names.length - shown}</span>}
    </span>
  )
}
