import { Button, Input, Segmented, Tabs, Tooltip } from 'antd'
import { lazy, Suspense } from 'react'
import { Link, useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { BlockSkeleton, Empty } from '@/kit/faces'
import { Count, DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { Delta } from './parts/delta'
import { useSegments, type SegmentState } from './queries'
import type { SegmentRow } from './wire'
import { segmentWords } from './words'
import './segments.css'

const Templates = lazy(() => import('./parts/templates').then((m) => ({ default: m.Templates })))
const Exports = lazy(() => import('./parts/exports').then((m) => ({ default: m.Exports })))

/** 客群: the list, the templates, and what was exported. */
export function SegmentsPage() {
  const words = useWords(segmentWords)
  const may = useMay('segment.edit')
  const [address, change] = useAddress()
  const tabs = [
    { key: 'segments', content: <Listed /> },
    { key: 'templates', content: <Templates /> },
    { key: 'exports', content: <Exports /> },
  ]
  const tab = tabs.find((one) => one.key === address.get('tab'))?.key ?? 'segments'
  const create = may && (
    <Link to="/segments/new">
      <Button type="primary">{words.create}</Button>
    </Link>
  )
  return (
    <Page title={words.title} note={words.note} actions={create}>
      <Tabs
        activeKey={tab}
        destroyOnHidden
        items={tabs.map(({ key, content }) => ({
          key,
          label: words.tabs[key],
          children: <Suspense fallback={<BlockSkeleton rows={6} />}>{content}</Suspense>,
        }))}
        onChange={(key) => change({ tab: key === 'segments' ? undefined : key })}
      />
    </Page>
  )
}

function Listed() {
  const words = useWords(segmentWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const q = address.get('q') ?? ''
  const state: SegmentState = address.get('state') === 'archived' ? 'archived' : 'active'
  const rows = useSegments(q, state)
  const columns = useListColumns()
  return (
    <Panel flush>
      <div className="lk-filters">
        <Input.Search
          className="seg-search"
          allowClear
          placeholder={words.search}
          aria-label={words.search}
          defaultValue={q}
          onSearch={(typed) => change({ q: typed.trim() || undefined })}
        />
        <Segmented
          value={state}
          options={[
            { value: 'active', label: words.active },
            { value: 'archived', label: words.archived },
          ]}
          onChange={(value) => change({ state: value === 'active' ? undefined : value })}
        />
      </div>
      <DataTable
        label={words.title}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.segment.id)}
        keyboard
        onOpen={(row) => void navigate(`/segments/${row.segment.id}`)}
        filtered={q !== ''}
        onClearFilters={() => change({ q: undefined })}
        empty={<Empty title={words.empty} hint={words.emptyHint} />}
      />
    </Panel>
  )
}

function useListColumns(): Column<SegmentRow>[] {
  const words = useWords(segmentWords)
  return [
    {
      key: 'name',
      title: words.name,
      card: 'title',
      render: (row) => (
        <div className="seg-name">
          <span className="lk-name">{row.segment.name}</span>
          <span className="seg-sentence" title={row.segment.sentence}>
            {row.segment.sentence}
          </span>
        </div>
      ),
    },
    {
      key: 'size',
      title: words.size,
      align: 'right',
      card: 'figure',
      render: (row) => <Count value={row.customers} />,
    },
    { key: 'change', title: words.change, align: 'right', render: (row) => <Delta value={row.change} /> },
    { key: 'reachable', title: words.reachable, align: 'right', render: (row) => <Count value={row.reachable} /> },
    { key: 'purpose', title: words.purpose, render: (row) => words.purposes[row.segment.purpose] },
    { key: 'owner', title: words.owner, render: (row) => row.segment.owner_name },
    {
      key: 'asof',
      title: words.asOf,
      render: (row) => (
        <span className="lk-row">
          <DateText at={row.as_of} />
          {row.segment.live && <StatusTag tone="primary">{words.live}</StatusTag>}
          {row.fault && (
            <Tooltip title={row.fault}>
              <span>
                <StatusTag tone="bad">{words.failed}</StatusTag>
              </span>
            </Tooltip>
          )}
        </span>
      ),
    },
  ]
}
