import { App, Button, Form, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Panel, Tile, Tiles } from '@/kit/page'
import { CustomerPick } from '@/kit/pickers'
import { DataTable, type Column } from '@/kit/table'
import { useCases, useOpenCase, useStatistics } from './queries'
import type { Case, CaseKind } from './wire'
import { caseWords } from './words'

const kinds: CaseKind[] = ['outreach', 'suitability', 'conduct', 'fraud', 'aml', 'other']

/** 案件: the queues with their counts, and the cases the reader may see, soonest due first. */
export function CasesPage() {
  const words = useWords(caseWords)
  const navigate = useNavigate()
  const may = useMay('case.work')
  const [address, change] = useAddress()
  const [opening, setOpening] = useState(false)
  const queue = address.get('queue') ?? ''
  const all = address.get('all') === '1'
  const rows = useCases(queue, !all)
  const statistics = useStatistics()
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
    <Page
      title={words.title}
      note={words.note}
      actions={
        may && (
          <Button type="primary" onClick={() => setOpening(true)}>
            {words.open}
          </Button>
        )
      }
    >
      <Loaded query={statistics} small>
        {(queues) =>
          queues.length > 0 && (
            <Tiles>
              {queues.map((one) => (
                <Tile
                  key={one.queue}
                  name={one.title}
                  value={count(one.unsettled)}
                  note={words.queueNote(one.unassigned, one.overdue)}
                  {...(one.overdue > 0 ? { tone: 'bad' as const } : {})}
                />
              ))}
            </Tiles>
          )
        }
      </Loaded>
      <Panel flush>
        <div className="lk-filters">
          <Segmented
            value={all ? 'all' : 'open'}
            options={[
              { value: 'open', label: words.unsettled },
              { value: 'all', label: words.all },
            ]}
            onChange={(value) => change({ all: value === 'all' ? '1' : undefined })}
          />
          <Select
            className="lk-filter"
            allowClear
            placeholder={words.queue}
            aria-label={words.queue}
            value={queue || null}
            options={kinds.map((value) => ({ value, label: words.kinds[value] }))}
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
          filtered={queue !== ''}
          onClearFilters={() => change({ queue: undefined })}
          empty={<Empty title={words.noCases} hint={words.noCasesHint} />}
        />
      </Panel>
      {opening && <OpenDrawer onClose={() => setOpening(false)} />}
    </Page>
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

interface Fields {
  kind: CaseKind
  title: string
  summary?: string
  customer_no?: string
}

function OpenDrawer({ onClose }: { onClose: () => void }) {
  const words = useWords(caseWords)
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const open = useOpenCase()
  const submit = (fields: Fields) =>
    open.mutate(
      {
        kind: fields.kind,
        title: fields.title.trim(),
        summary: fields.summary ?? '',
        customer_no: fields.customer_no ?? null,
      },
      {
        onSuccess: (made) => {
          void message.success(words.opened(made.case_no))
          void navigate(`/cases/${made.case_no}`)
        },
      },
    )
  return (
    <FormDrawer<Fields>
      open
      title={words.open}
      form={form}
      initial={{ kind: 'outreach' }}
      busy={open.isPending}
      error={open.error}
      submitWord={words.open}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="kind" label={words.kind}>
        <Select options={kinds.map((value) => ({ value, label: words.kinds[value] }))} />
      </Form.Item>
      <Form.Item
        name="title"
        label={words.caseTitle}
        rules={[{ required: true, whitespace: true, max: 120, message: words.needed }]}
      >
        <Input />
      </Form.Item>
      <Form.Item name="customer_no" label={words.customer}>
        <CustomerPick />
      </Form.Item>
      <Form.Item name="summary" label={words.summary}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
    </FormDrawer>
  )
}
