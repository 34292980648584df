import { Alert, App, Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { Fact, Facts, RiskBadge } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { usePapers } from '../queries'
import { useReviews, useSettle } from './queries'
import { Signs } from './sittings'
import type { Sitting } from './wire'
import { sellingWords } from './words'

const shortest = 4
const longest = 200
const second = 1000

function took(row: Sitting): number {
  return row.submitted_at ? Math.max(0, (Date.parse(row.submitted_at) - Date.parse(row.started_at)) / second) : 0
}

/** 测评复核: assessments held back because they look guided, oldest first. */
export function Reviews() {
  const words = useWords(sellingWords)
  const lang = useLang()
  const query = useReviews()
  const [asked, setAsked] = useState<Sitting | null>(null)
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<Sitting>[] = [
    {
      key: 'customer',
      title: words.customer,
      card: 'title',
      render: (row) => <Link to={`/customers/${row.customer_no}?tab=compliance`}>{row.customer_no}</Link>,
    },
    { key: 'signs', title: words.signs, card: 'badge', render: (row) => <Signs signs={row.signs} /> },
    { key: 'result', title: words.result, render: (row) => <RiskBadge level={row.tolerance} named /> },
    { key: 'submitted', title: words.submittedAt, render: (row) => <DateText at={row.submitted_at} time /> },
    { key: 'took', title: words.took, render: (row) => duration(took(row), lang) },
    { key: 'changes', title: words.changes, align: 'right', render: (row) => row.changes },
    {
      key: 'act',
      title: '',
      card: 'figure',
      render: (row) => (
        <Button size="small" onClick={() => setAsked(row)}>
          {words.review}
        </Button>
      ),
    },
  ]
  return (
    <Panel flush>
      <DataTable
        label={words.review}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={words.noReviews} hint={words.noReviewsHint} />}
      />
      {asked && <ReviewDrawer sitting={asked} onClose={() => setAsked(null)} />}
    </Panel>
  )
}

interface Fields {
  confirmed: boolean
  note: string
}

function ReviewDrawer({ sitting, onClose }: { sitting: Sitting; onClose: () => void }) {
  const words = useWords(sellingWords)
  const lang = useLang()
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const confirmed = Form.useWatch('confirmed', form)
  const settle = useSettle()
  const submit = ({ confirmed: verdict, note }: Fields) =>
    settle.mutate(
      { id: sitting.id, confirmed: verdict, note: note.trim() },
      {
        onSuccess: () => {
          void message.success(words.settled)
          onClose()
        },
      },
    )
  return (
    <FormDrawer<Fields>
      open
      wide
      title={words.reviewTitle(sitting.customer_no)}
      form={form}
      initial={{ confirmed: false }}
      busy={settle.isPending}
      error={settle.error}
      danger={confirmed === false}
      submitWord={confirmed ? words.confirm : words.annul}
      onSubmit={submit}
      onClose={onClose}
    >
      <Facts columns={4}>
        <Fact name={words.signs}>
          <Signs signs={sitting.signs} />
        </Fact>
        <Fact name={words.result}>
          <RiskBadge level={sitting.tolerance} named />
        </Fact>
        <Fact name={words.took}>{duration(took(sitting), lang)}</Fact>
        <Fact name={words.changes}>{sitting.changes}</Fact>
      </Facts>
      <Answers sitting={sitting} />
      <Form.Item name="confirmed" label={words.verdict}>
        <Radio.Group
          optionType="button"
          options={[
            { value: false, label: words.annul },
            { value: true, label: words.confirm },
          ]}
        />
      </Form.Item>
      <Form.Item>
        <Alert type="info" showIcon title={confirmed ? words.confirmHint : words.annulHint} />
      </Form.Item>
      <Form.Item
        name="note"
        label={words.note}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.noteNeeded }]}
      >
        <Input.TextArea rows={3} maxLength={longest} showCount />
      </Form.Item>
    </FormDrawer>
  )
}

function Answers({ sitting }: { sitting: Sitting }) {
  const words = useWords(sellingWords)
  const paper = usePapers().data?.find((one) => one.paper_no === sitting.paper_no && one.version === sitting.version)
  return (
    <Form.Item label={words.answers}>
      <ol className="lk-steps">
        {paper?.questions.map((question) => (
          <li key={question.id}>
            <div className="lk-soft">{question.text}</div>
            <b>{question.options.find((one) => one.id === sitting.answers[question.id])?.text ?? words.unanswered}</b>
          </li>
        ))}
      </ol>
    </Form.Item>
  )
}
