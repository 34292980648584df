import { App, Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty } from '@/kit/faces'
import { Count, DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { saveFile } from '@/kit/save'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { useAnswerExport, useExports, useFetchExport } from '../queries'
import type { Export } from '../wire'
import { segmentWords } from '../words'

const tones = { asked: 'accent', allowed: 'good', refused: 'bad' } as const

/** Exports and where each stands: the asker fetches, somebody else answers. */
export function Exports({ segmentId }: { segmentId?: number }) {
  const words = useWords(segmentWords)
  const rows = useExports(segmentId)
  const [judging, setJudging] = useState<Export | null>(null)
  const columns: Column<Export>[] = [
    { key: 'at', title: words.askedAt, render: (row) => <DateText at={row.asked_at} time /> },
    { key: 'by', title: words.askedBy, card: 'title', render: (row) => row.asked_name },
    { key: 'segment', title: words.segmentNo, render: (row) => `${row.segment_id} · ${words.versionNo(row.version)}` },
    { key: 'content', title: words.content, render: (row) => `${words.contents[row.content]} · ${row.format}` },
    {
      key: 'size',
      title: words.size,
      align: 'right',
      card: 'figure',
      render: (row) => <Count value={row.customers} />,
    },
    { key: 'reason', title: words.reason, render: (row) => <span className="seg-wrap">{row.reason}</span> },
    {
      key: 'state',
      title: words.judge,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={tones[row.state]} dot>
          {words.states[row.state]}
        </StatusTag>
      ),
    },
    { key: 'answer', title: words.answer, render: (row) => <span className="seg-wrap">{row.answer || '—'}</span> },
    { key: 'act', title: '', render: (row) => <Act one={row} onJudge={() => setJudging(row)} /> },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.tabs.exports ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.id)}
        empty={<Empty title={words.exportsEmpty} hint={words.exportNote} />}
      />
      {judging && <JudgeDrawer one={judging} onClose={() => setJudging(null)} />}
    </Panel>
  )
}

function Act({ one, onJudge }: { one: Export; onJudge: () => void }) {
  const words = useWords(segmentWords)
  const lang = useLang()
  const { message } = App.useApp()
  const mayJudge = useMay('segment.approve')
  const fetching = useFetchExport()
  const { mine } = one
  if (one.state === 'asked' && mayJudge && !mine) {
    return (
      <Button size="small" type="primary" onClick={onJudge}>
        {words.judge}
      </Button>
    )
  }
  if (one.state !== 'allowed' || !mine) return null
  const fetch = () =>
    fetching.mutate(one.id, {
      onSuccess: (blob) => saveFile(`segment-${one.segment_id}-${one.id}.${one.format}`, blob),
      onError: (error) => void message.error(sentence(error, lang)),
    })
  return (
    <Button size="small" loading={fetching.isPending} onClick={fetch}>
      {words.download}
    </Button>
  )
}

interface Fields {
  allow: boolean
  said: string
}

function JudgeDrawer({ one, onClose }: { one: Export; onClose: () => void }) {
  const words = useWords(segmentWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const answering = useAnswerExport()
  const submit = (fields: Fields) =>
    answering.mutate(
      { id: one.id, allow: fields.allow, said: fields.said },
      {
        onSuccess: () => {
          void message.success(words.answered)
          onClose()
        },
      },
    )
  return (
    <FormDrawer<Fields>
      open
      title={words.judge}
      form={form}
      initial={{ allow: true }}
      busy={answering.isPending}
      error={answering.error}
      submitWord={words.judge}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>
        {one.asked_name}：{one.reason}
      </p>
      <Form.Item name="allow">
        <Radio.Group
          options={[
            { value: true, label: words.allow },
            { value: false, label: words.refuse },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="said"
        label={words.answer}
        rules={[{ required: true, whitespace: true, min: 4, max: 200, message: words.answerNeeded }]}
      >
        <Input.TextArea rows={3} />
      </Form.Item>
    </FormDrawer>
  )
}
