import { App, Form, Input, Select } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useDecideCase, useNote, usePropose, useReopen } from '../queries'
import type { Disposition } from '../wire'
import { caseWords } from '../words'

const dispositions: Disposition[] = ['confirmed', 'dismissed', 'monitored', 'referred', 'reported']
export type Act = 'note' | 'propose' | 'agree' | 'return' | 'reopen'

interface Fields {
  disposition: Disposition
  words: string
}

/** A step that is taken with words: write, propose, agree, send back, take up again. */
export function ActDrawer({ no, act, onClose }: { no: string; act: Act; onClose: () => void }) {
  const words = useWords(caseWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const note = useNote(no)
  const propose = usePropose(no)
  const decide = useDecideCase(no)
  const reopen = useReopen(no)
  const all = [note, propose, decide, reopen]
  const told = {
    onSuccess: () => {
      void message.success(words.done)
      onClose()
    },
  }
  const submit = (fields: Fields) => {
    if (act === 'note') note.mutate(fields.words, told)
    else if (act === 'reopen') reopen.mutate(fields.words, told)
    else if (act === 'propose') propose.mutate({ disposition: fields.disposition, words: fields.words }, told)
    else decide.mutate({ agreed: act === 'agree', words: fields.words }, told)
  }
  return (
    <FormDrawer<Fields>
      open
      title={words.acts[act]}
      form={form}
      initial={{ disposition: 'confirmed' }}
      busy={all.some((one) => one.isPending)}
      error={all.map((one) => one.error).find(Boolean)}
      onSubmit={submit}
      onClose={onClose}
    >
      {act === 'propose' && (
        <Form.Item name="disposition" label={words.disposition} extra={words.fourEyes}>
          <Select options={dispositions.map((value) => ({ value, label: words.dispositions[value] }))} />
        </Form.Item>
      )}
      <Form.Item
        name="words"
        label={words.why}
        rules={[{ required: true, whitespace: true, min: 2, max: 2000, message: words.needed }]}
      >
        <Input.TextArea autoFocus rows={4} maxLength={2000} />
      </Form.Item>
    </FormDrawer>
  )
}
