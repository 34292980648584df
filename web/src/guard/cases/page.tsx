import { App, Button, Form, Input, Select, Tabs } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { FormDrawer } from '@/kit/drawer'
import { Loaded } from '@/kit/faces'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Tile, Tiles } from '@/kit/page'
import { CustomerPick } from '@/kit/pickers'
import { CaseList } from './parts/list'
import { Queues } from './parts/queues'
import { Statistics } from './parts/statistics'
import { useOpenCase, useStatistics } from './queries'
import type { CaseKind, Priority } from './wire'
import { caseWords } from './words'

const kinds: CaseKind[] = ['outreach', 'suitability', 'conduct', 'fraud', 'aml', 'other']
const priorities: Priority[] = ['urgent', 'high', 'normal', 'low']

/** 案件: the queues with their counts, the cases the reader may see, how each queue keeps its time, its settings. */
export function CasesPage() {
  const words = useWords(caseWords)
  const may = useMay('case.work')
  const [address, change] = useAddress()
  const [opening, setOpening] = useState(false)
  const statistics = useStatistics()
  const tabs = [
    { key: 'cases', label: words.title, children: <CaseList /> },
    { key: 'statistics', label: words.statistics, children: <Statistics /> },
    { key: 'queues', label: words.queues, children: <Queues /> },
  ]
  const tab = tabs.find((one) => one.key === address.get('tab'))?.key ?? 'cases'
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
      <div>
        <Tabs
          activeKey={tab}
          items={tabs}
          destroyOnHidden
          onChange={(key) => change({ tab: key === 'cases' ? undefined : key })}
        />
      </div>
      {opening && <OpenDrawer onClose={() => setOpening(false)} />}
    </Page>
  )
}

interface Fields {
  kind: CaseKind
  title: string
  summary?: string
  customer_no?: string
  priority: Priority
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
        priority: fields.priority,
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
      initial={{ kind: 'outreach', priority: 'normal' }}
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
        <Input maxLength={120} />
      </Form.Item>
      <Form.Item name="priority" label={words.priority}>
        <Select options={priorities.map((value) => ({ value, label: words.priorities[value] }))} />
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
