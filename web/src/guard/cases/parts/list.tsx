import { Segmented, Select } from 'antd'
import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useCases, useQueues } from '../queries'
import type { Case } from '../wire'
import { caseWords } from '../words'

const views = ['open', 'mine', 'overdue', 'all'] as const

/** The cases the reader may see, soonest due first. */
export function CaseList() {
  const words = useWords(caseWords)
  const navigate = useNavigate()
  const [address, change] = useAddress()
  const queue = address.get('queue') ?? ''
  const view = views.find((one) => one === address.get('view')) ?? 'open'
  const queues = useQueues()
  const rows = useCases({ queue, unsettled: view !== 'all', mine: view === 'mine', overdue: view === 'overdue' })
  const columns: Column<Case>[] = [
    { key: 'no', title: words.number, render: (row) => row.case_no },
    {
      key: 'title',
      title: words.caseTitle,
      card: 'title',
      render: (row) => <span className="lk-name">{row.title}</span>,
    },
    { key: 'kind', title: words.kind, render: (row) => words.kinds[row.kind] },
    { key: 'state', title: words.state, card: 'badge', render: (row) => <CaseState one={row} /> },
    { key: 'priority', title: words.priority, render: (row) => words.priorities[row.priority] },
    { key: 'assignee', title: words.assignee, render: (row) => row.assignee_name ?? words.nobody },
    { key: 'due', title: words.due, card: 'figure', render: (row) => <DateText at={row.due_at} time /> },
  ]
  return (
    <Panel flush>
      <div className="lk-filters">
        <Segmented
          value={view}
          options={views.map((value) => ({ value, label: words.views[value] }))}
          onChange={(value) => change({ view: value === 'open' ? undefined : value })}
        />
        <Select
          className="lk-filter"
          allowClear
          placeholder={words.queue}
          aria-label={words.queue}
          value={queue || null}
          options={(queues.data ?? []).map((one) => ({ value: one.name, label: one.title }))}
          onChange={(value: string | null) => change({ queue: value ?? undefined })}
        />
      </div>
      <DataTable
        label={words.title}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.case_no}
        keyboard
        onOpen={(row) => void navigate(`/cases/${row.case_no}`)}
        filtered={queue !== '' || view !== 'open'}
        onClearFilters={() => change({ queue: undefined, view: undefined })}
        empty={<Empty title={words.noCases} hint={words.noCasesHint} />}
      />
    </Panel>
  )
}

export function CaseState({ one }: { one: Case }) {
  const words = useWords(caseWords)
  return (
    <span className="lk-row">
      <StatusTag tone={one.state === 'closed' ? 'good' : one.state === 'proposed' ? 'accent' : 'primary'} dot>
        {words.states[one.state]}
      </StatusTag>
      {one.overdue && <StatusTag tone="bad">{words.overdue}</StatusTag>}
    </span>
  )
}
