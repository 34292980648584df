import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty } from '@/kit/faces'
import { DateText, Due, today } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { saveJson } from '@/kit/save'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { useAskRequest, useErase, useExport, useRequests } from '../queries'
import type { RequestKind, SubjectRequest } from '../wire'
import { careWords } from '../words'

const kinds: RequestKind[] = ['export', 'correct', 'erase']

/** What the customer asked about their own data: a copy, a correction, erasure. */
export function Requests({ customerNo }: { customerNo: string }) {
  const words = useWords(careWords)
  const mayTake = useMay('consent.edit')
  const mayHandle = useMay('subject.handle')
  const [taking, setTaking] = useState(false)
  const rows = useRequests(customerNo)
  const columns: Column<SubjectRequest>[] = [
    { key: 'kind', title: words.kind, card: 'title', render: (row) => words.requestKinds[row.kind] },
    {
      key: 'state',
      title: words.state,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={row.state === 'open' ? 'warn' : row.state === 'done' ? 'good' : 'neutral'} dot>
          {words.requestStates[row.state]}
        </StatusTag>
      ),
    },
    { key: 'asked', title: words.since, render: (row) => <DateText at={row.asked_at} time /> },
    {
      key: 'due',
      title: words.due,
      render: (row) => (row.state === 'open' ? <Due at={row.due_on} today={today()} /> : (row.answer ?? '—')),
    },
    { key: 'evidence', title: words.evidenceRef, render: (row) => row.evidence_ref },
    {
      key: 'act',
      title: '',
      card: 'figure',
      render: (row) => mayHandle && row.state === 'open' && <Handle request={row} />,
    },
  ]
  const ask = mayTake && (
    <Button size="small" onClick={() => setTaking(true)}>
      {words.takeRequest}
    </Button>
  )
  return (
    <Panel title={words.requests} extra={ask} flush>
      <DataTable
        label={words.requests}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noRequests} small />}
      />
      {taking && <RequestDrawer customerNo={customerNo} onClose={() => setTaking(false)} />}
    </Panel>
  )
}

function Handle({ request }: { request: SubjectRequest }) {
  const words = useWords(careWords)
  const lang = useLang()
  const { message, modal } = App.useApp()
  const copy = useExport()
  const erase = useErase()
  const failed = (error: unknown) => void message.error(sentence(error, lang))
  if (request.kind === 'correct') return null
  if (request.kind === 'export') {
    const take = () =>
      copy.mutate(request.id, {
        onSuccess: (made) => saveJson(`${made.customer_no}.json`, made),
        onError: failed,
      })
    return (
      <Button size="small" loading={copy.isPending} onClick={take}>
        {words.exportDo}
      </Button>
    )
  }
  const ask = () =>
    void modal.confirm({
      title: words.eraseAsk(request.customer_no),
      content: words.eraseHint,
      okButtonProps: { danger: true },
      onOk: () => erase.mutate(request.id, { onSuccess: () => void message.success(words.eraseDone), onError: failed }),
    })
  return (
    <Button size="small" danger loading={erase.isPending} onClick={ask}>
      {words.eraseDo}
    </Button>
  )
}

interface Fields {
  kind: RequestKind
  evidence_ref: string
  field?: string
  wanted?: string
}

function RequestDrawer({ customerNo, onClose }: { customerNo: string; onClose: () => void }) {
  const words = useWords(careWords)
  const [form] = Form.useForm<Fields>()
  const kind = Form.useWatch('kind', form)
  const ask = useAskRequest(customerNo)
  const needed = [{ required: true, whitespace: true, message: words.correctNeeded }]
  const submit = (fields: Fields) =>
    ask.mutate({ ...fields, field: fields.field ?? '', wanted: fields.wanted ?? '' }, { onSuccess: onClose })
  return (
    <FormDrawer<Fields>
      open
      title={words.takeRequest}
      form={form}
      initial={{ kind: 'export' }}
      busy={ask.isPending}
      error={ask.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="kind" label={words.kind}>
        <Select options={kinds.map((value) => ({ value, label: words.requestKinds[value] }))} />
      </Form.Item>
      {kind === 'correct' && (
        <>
          <Form.Item name="field" label={words.field} rules={needed}>
            <Input />
          </Form.Item>
          <Form.Item name="wanted" label={words.wanted} rules={needed}>
            <Input />
          </Form.Item>
        </>
      )}
      <Form.Item
        name="evidence_ref"
        label={words.evidenceRef}
        rules={[{ required: true, whitespace: true, max: 80, message: words.evidenceNeeded }]}
      >
        <Input placeholder={words.evidencePlaceholder} />
      </Form.Item>
    </FormDrawer>
  )
}
