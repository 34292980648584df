import { Alert, App, Button, DatePicker, Form, InputNumber, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { CustomerPick } from '@/kit/pickers'
import { useAskToAdd } from '../queries'
import type { RelationKind } from '../wire'
import { graphWords } from '../words'
import { ReasonField } from './ask'

/** Relations a person may register; the others are counted from data. */
const registrable: RelationKind[] = ['spouse', 'parent', 'kin', 'legal_rep', 'shareholder', 'guarantee', 'co_borrower']
const percent = 100

interface Fields {
  left: string
  right: string
  kind: RelationKind
  confidence: number
  from?: Dayjs | null
  to?: Dayjs | null
  reason: string
}

/** Register a relation the bank's systems do not know of. */
export function AddRelation({ customerNo }: { customerNo: string }) {
  const words = useWords(graphWords)
  const may = useMay('relation.propose')
  const [open, setOpen] = useState(false)
  if (!may) return null
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {words.ask['add']}
      </Button>
      {open && <AddDrawer customerNo={customerNo} onClose={() => setOpen(false)} />}
    </>
  )
}

function AddDrawer({ customerNo, onClose }: { customerNo: string; onClose: () => void }) {
  const words = useWords(graphWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const add = useAskToAdd()
  const day = (value: Dayjs | null | undefined) => value?.format('YYYY-MM-DD') ?? null
  const submit = ({ left, right, kind, confidence, from, to, reason }: Fields) =>
    add.mutate(
      {
        left,
        right,
        kind,
        confidence: confidence / percent,
        valid_from: day(from),
        valid_to: day(to),
        reason: reason.trim(),
      },
      {
        onSuccess: () => {
          void message.success(words.askDone)
          onClose()
        },
      },
    )
  const customer = [{ required: true, message: words.needCustomer }]
  return (
    <FormDrawer<Fields>
      open
      title={words.ask['add']}
      form={form}
      initial={{ left: customerNo, confidence: percent }}
      busy={add.isPending}
      error={add.error}
      submitWord={words.submit}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={words.askHint} />
      </Form.Item>
      <Form.Item name="kind" label={words.relation} rules={[{ required: true, message: words.needKind }]}>
        <Select autoFocus options={registrable.map((value) => ({ value, label: words.relationKinds[value] }))} />
      </Form.Item>
      <Form.Item name="left" label={words.left} extra={words.leftHint} rules={customer}>
        <CustomerPick />
      </Form.Item>
      <Form.Item
        name="right"
        label={words.right}
        dependencies={['left']}
        rules={[
          ...customer,
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value && value === getFieldValue('left')
                ? Promise.reject(new Error(words.sameCustomer))
                : Promise.resolve(),
          }),
        ]}
      >
        <CustomerPick />
      </Form.Item>
      <Form.Item name="confidence" label={words.confidence}>
        <InputNumber min={0} max={percent} precision={0} suffix="%" className="lk-graph-wide" />
      </Form.Item>
      <Form.Item name="from" label={words.validFrom}>
        <DatePicker className="lk-graph-wide" />
      </Form.Item>
      <Form.Item name="to" label={words.validTo}>
        <DatePicker className="lk-graph-wide" />
      </Form.Item>
      <ReasonField />
    </FormDrawer>
  )
}
