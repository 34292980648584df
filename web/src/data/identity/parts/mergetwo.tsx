import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useMerge } from '../queries'
import { identityWords } from '../words'
import { PreviewPanel } from './preview'

interface Fields {
  first: string
  second: string
  reason: string
}

const shortest = 4
const longest = 500
const numberRule = /^\s*LK[0-9A-Z]{4,20}\s*$/i
const clean = (text: string | undefined): string => (text ?? '').trim().toUpperCase()

/** Merge two customers by hand: numbers, preview, reason. */
export function MergeTwo() {
  const words = useWords(identityWords)
  const may = useMay('identity.decide')
  const [open, setOpen] = useState(false)
  if (!may) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.mergeTwo}</Button>
      {open && <MergeDrawer onClose={() => setOpen(false)} />}
    </>
  )
}

function MergeDrawer({ onClose }: { onClose: () => void }) {
  const words = useWords(identityWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const merge = useMerge()
  const first: string | undefined = Form.useWatch('first', form)
  const second: string | undefined = Form.useWatch('second', form)
  const ready = numberRule.test(first ?? '') && numberRule.test(second ?? '') && clean(first) !== clean(second)
  const submit = (fields: Fields) =>
    merge.mutate(
      { customer_nos: [clean(fields.first), clean(fields.second)], reason: fields.reason.trim() },
      {
        onSuccess: () => {
          void message.success(words.mergeDone)
          onClose()
        },
      },
    )
  const number = [{ required: true, pattern: numberRule, message: words.customerNoNeeded }]
  return (
    <FormDrawer<Fields>
      open
      title={words.mergeTwo}
      form={form}
      busy={merge.isPending}
      error={merge.error}
      submitWord={words.mergeDo}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="first" label={words.first} rules={number}>
        <Input autoFocus />
      </Form.Item>
      <Form.Item name="second" label={words.second} rules={number}>
        <Input />
      </Form.Item>
      {ready && (
        <Form.Item label={words.preview}>
          <PreviewPanel customerNos={[clean(first), clean(second)]} />
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea rows={3} maxLength={longest} showCount placeholder={words.reasonPlaceholder} />
      </Form.Item>
    </FormDrawer>
  )
}
