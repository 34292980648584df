import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useMakeSegment, type SegmentWish } from '../queries'
import type { Cluster } from '../wire'
import { clusterWords } from '../words'
import { RulePart } from './rule'

const longest = 40
const purposes: SegmentWish['purpose'][] = ['marketing', 'profiling', 'service', 'research']

/** 转为客群: the cluster's rule, saved as a segment that is kept from day to day. */
export function BecomeButton({ runId, cluster }: { runId: string; cluster: Cluster }) {
  const words = useWords(clusterWords)
  const may = useMay('segment.edit')
  const [open, setOpen] = useState(false)
  const made = cluster.segment !== null && <Link to={`/segments/${cluster.segment}`}>{words.openSegment}</Link>
  if (!cluster.surrogate.text) return null
  return (
    <span className="lk-row">
      {may && <Button onClick={() => setOpen(true)}>{words.become}</Button>}
      {made}
      {may && <BecomeDrawer runId={runId} cluster={cluster} open={open} onClose={() => setOpen(false)} />}
    </span>
  )
}

interface DrawerProps {
  runId: string
  cluster: Cluster
  open: boolean
  onClose: () => void
}

function BecomeDrawer({ runId, cluster, open, onClose }: DrawerProps) {
  const words = useWords(clusterWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<SegmentWish>()
  const make = useMakeSegment(runId, cluster.number)
  const submit = (wish: SegmentWish) =>
    make.mutate(wish, {
      onSuccess: (made) => {
        void message.success(words.becameSegment(made.name))
        onClose()
      },
    })
  return (
    <FormDrawer<SegmentWish>
      open={open}
      title={words.becomeTitle(cluster.name)}
      form={form}
      initial={{ name: cluster.name.slice(0, longest), purpose: 'marketing' }}
      submitWord={words.become}
      busy={make.isPending}
      error={make.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="name" label={words.segmentName} rules={[{ required: true, message: words.segmentNameNeeded }]}>
        <Input maxLength={longest} showCount />
      </Form.Item>
      <Form.Item name="purpose" label={words.purpose} extra={words.purposeHint}>
        <Select options={purposes.map((value) => ({ value, label: words.purposeNames[value] ?? value }))} />
      </Form.Item>
      <RulePart cluster={cluster} />
      <p className="lk-small lk-soft">{words.becomeHint}</p>
    </FormDrawer>
  )
}
