import { App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { useLang, useWords } from '@/kit/lang'
import { clock, minuteOf } from '@/kit/reach'
import { sentence } from '@/kit/say'
import { useQuiet, useUnquiet } from '../queries'
import type { Consent } from '../wire'
import { careWords } from '../words'

/** Black lists the customer stands on, and hours not to disturb. */
export function Quiets({ consent }: { consent: Consent }) {
  const words = useWords(careWords)
  const lang = useLang()
  const { message } = App.useApp()
  const may = useMay('consent.edit')
  const [adding, setAdding] = useState(false)
  const remove = useUnquiet(consent.customer_no)
  return (
    <>
      {consent.blocks.length + consent.quiets.length === 0 && <p className="lk-soft">{words.nothingForbids}</p>}
      <ul className="lk-lines">
        {consent.blocks.map((block) => (
          <li key={block.id}>
            <StatusTag tone="bad">{words.blockKinds[block.kind]}</StatusTag> {block.reason}
          </li>
        ))}
        {consent.quiets.map((quiet) => (
          <li key={quiet.id} className="lk-row-between">
            <span>
              {words.quiet}{' '}
              <span className="lk-figure">
                {clock(quiet.from_minute)}–{clock(quiet.to_minute)}
              </span>
            </span>
            {may && (
              <Button
                size="small"
                type="text"
                onClick={() =>
                  remove.mutate(quiet.id, { onError: (error) => void message.error(sentence(error, lang)) })
                }
              >
                {words.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may && (
        <Button size="small" className="lk-foot-space" onClick={() => setAdding(true)}>
          {words.addQuiet}
        </Button>
      )}
      {adding && <QuietDrawer customerNo={consent.customer_no} onClose={() => setAdding(false)} />}
    </>
  )
}

interface Fields {
  from: string
  to: string
}

function QuietDrawer({ customerNo, onClose }: { customerNo: string; onClose: () => void }) {
  const words = useWords(careWords)
  const [form] = Form.useForm<Fields>()
  const quiet = useQuiet(customerNo)
  const rules = [
    {
      validator: (_: unknown, value: string) =>
        minuteOf(value ?? '') === null ? Promise.reject(new Error(words.timeNeeded)) : Promise.resolve(),
    },
  ]
  const submit = ({ from, to }: Fields) =>
    quiet.mutate({ from_minute: minuteOf(from) ?? 0, to_minute: minuteOf(to) ?? 0 }, { onSuccess: onClose })
  return (
    <FormDrawer<Fields>
      open
      title={words.addQuiet}
      form={form}
      initial={{ from: '20:00', to: '09:00' }}
      busy={quiet.isPending}
      error={quiet.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="from" label={words.from} rules={rules}>
        <Input autoFocus />
      </Form.Item>
      <Form.Item name="to" label={words.to} rules={rules}>
        <Input />
      </Form.Item>
    </FormDrawer>
  )
}
