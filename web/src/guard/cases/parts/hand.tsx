import { App, Form, Input, Select } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { CustomerPick, ProductPick } from '@/kit/pickers'
import { useAssign, useColleagues, useLink, useWatchers } from '../queries'
import type { Case, LinkKind } from '../wire'
import { caseWords } from '../words'

const linkKinds: LinkKind[] = ['event', 'customer', 'product', 'case']
export type Hand = 'assign' | 'watch' | 'link'

interface Fields {
  assignee?: string
  watchers: string[]
  kind: LinkKind
  ref: string
  words?: string
}

/** Give a case to somebody, name who else may see it, or link what it rests on. */
export function HandDrawer({ one, hand, onClose }: { one: Case; hand: Hand; onClose: () => void }) {
  const words = useWords(caseWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const colleagues = useColleagues()
  const assign = useAssign(one.case_no)
  const watch = useWatchers(one.case_no)
  const link = useLink(one.case_no)
  const all = [assign, watch, link]
  const told = {
    onSuccess: () => {
      void message.success(words.done)
      onClose()
    },
  }
  const submit = (fields: Fields) => {
    if (hand === 'assign') assign.mutate(fields.assignee ?? null, told)
    else if (hand === 'watch') watch.mutate(fields.watchers, told)
    else link.mutate({ kind: fields.kind, ref: fields.ref.trim(), words: fields.words?.trim() ?? '' }, told)
  }
  return (
    <FormDrawer<Fields>
      open
      title={words.acts[hand]}
      form={form}
      initial={{ ...(one.assignee ? { assignee: one.assignee } : {}), watchers: one.watchers, kind: 'event' }}
      busy={all.some((each) => each.isPending)}
      error={all.map((each) => each.error).find(Boolean)}
      onSubmit={submit}
      onClose={onClose}
    >
      {hand === 'assign' && (
        <Form.Item name="assignee" label={words.assignee} extra={words.assignHint}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={colleagues.data ?? []} />
        </Form.Item>
      )}
      {hand === 'watch' && (
        <Form.Item name="watchers" label={words.watchers} extra={words.watchHint}>
          <Select mode="multiple" optionFilterProp="label" options={colleagues.data ?? []} />
        </Form.Item>
      )}
      {hand === 'link' && <LinkFields />}
    </FormDrawer>
  )
}

function LinkFields() {
  const words = useWords(caseWords)
  const kind = Form.useWatch<LinkKind | undefined>('kind')
  const rules = [{ required: true, whitespace: true, message: words.refNeeded }]
  return (
    <>
      <Form.Item name="kind" label={words.linkKind}>
        <Select options={linkKinds.map((value) => ({ value, label: words.linkKinds[value] }))} />
      </Form.Item>
      <Form.Item name="ref" label={words.linkKinds[kind ?? 'event']} rules={rules} key={kind ?? 'event'}>
        {kind === 'customer' ? (
          <CustomerPick />
        ) : kind === 'product' ? (
          <ProductPick />
        ) : (
          <Input maxLength={64} placeholder={kind === 'case' ? words.caseRef : words.eventRef} />
        )}
      </Form.Item>
      <Form.Item name="words" label={words.linkWords}>
        <Input maxLength={200} />
      </Form.Item>
    </>
  )
}
