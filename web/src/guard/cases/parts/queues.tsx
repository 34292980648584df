import { App, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useColleagues, useQueues, useSetQueue } from '../queries'
import type { Priority, Queue } from '../wire'
import { caseWords } from '../words'

const priorities: Priority[] = ['urgent', 'high', 'normal', 'low']
const roles = ['compliance', 'branch_head', 'institution'] as const
const mostHours = 2160

/** Each queue's hours by priority, and who its members are. */
export function Queues() {
  const words = useWords(caseWords)
  const may = useMay('case.close')
  const query = useQueues()
  const colleagues = useColleagues()
  const [setting, setSetting] = useState<Queue | null>(null)
  const name = (id: string) => colleagues.data?.find((one) => one.value === id)?.label ?? '—'
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Queue>[] = [
    { key: 'title', title: words.queue, card: 'title', render: (row) => row.title },
    ...priorities.map((priority): Column<Queue> => ({
      key: priority,
      title: words.priorities[priority] ?? priority,
      align: 'right',
      render: (row) => words.hours(row.hours[priority] ?? 0),
    })),
    {
      key: 'members',
      title: words.members,
      render: (row) => [...row.roles.map((role) => words.roles[role] ?? role), ...row.members.map(name)].join('、'),
    },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.queues}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.name}
        {...(may ? { onOpen: setSetting } : {})}
      />
      {setting && <QueueDrawer queue={setting} onClose={() => setSetting(null)} />}
    </Panel>
  )
}

function QueueDrawer({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const words = useWords(caseWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Queue>()
  const colleagues = useColleagues()
  const set = useSetQueue()
  const submit = (fields: Queue) =>
    set.mutate(
      { ...fields, name: queue.name },
      {
        onSuccess: () => {
          void message.success(words.done)
          onClose()
        },
      },
    )
  return (
    <FormDrawer<Queue>
      open
      title={queue.title}
      form={form}
      initial={queue}
      busy={set.isPending}
      error={set.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="title" label={words.queueTitle} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={40} />
      </Form.Item>
      {priorities.map((priority) => (
        <Form.Item key={priority} name={['hours', priority]} label={words.hoursOf(words.priorities[priority] ?? '')}>
          <InputNumber min={1} max={mostHours} precision={0} />
        </Form.Item>
      ))}
      <Form.Item name="roles" label={words.memberRoles}>
        <Select mode="multiple" options={roles.map((value) => ({ value, label: words.roles[value] }))} />
      </Form.Item>
      <Form.Item name="members" label={words.members} extra={words.membersHint}>
        <Select mode="multiple" optionFilterProp="label" options={colleagues.data ?? []} />
      </Form.Item>
    </FormDrawer>
  )
}
