import { Alert, App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { DateText } from '@/kit/figure'
import { useKeys } from '@/kit/keys'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useDecide } from '../queries'
import type { Review, Verdict } from '../wire'
import { identityWords } from '../words'
import { PreviewPanel } from './preview'

const shortest = 4
const longest = 500

/** The judgement of a pair: the same, or not; with a reason, and a preview of what a merge would change. */
export function Decision({ review }: { review: Review }) {
  const words = useWords(identityWords)
  const may = useMay('identity.decide')
  const [asked, setAsked] = useState<Verdict | null>(null)
  useKeys(
    { s: () => setAsked('same'), d: () => setAsked('different') },
    may && review.status === 'open' && asked === null,
  )
  if (review.status !== 'open') return <Decided review={review} />
  if (!may) return <Alert type="info" showIcon title={words.readOnly} />
  return (
    <Panel>
      <div className="lk-row lk-decide">
        <Button size="large" onClick={() => setAsked('different')}>
          {words.different} <kbd>d</kbd>
        </Button>
        <Button size="large" type="primary" onClick={() => setAsked('same')}>
          {words.same} <kbd>s</kbd>
        </Button>
      </div>
      <DecisionDrawer key={asked ?? ''} review={review} verdict={asked} onClose={() => setAsked(null)} />
    </Panel>
  )
}

function Decided({ review }: { review: Review }) {
  const words = useWords(identityWords)
  return (
    <Panel>
      <span className="lk-row">
        <StatusTag tone={review.status === 'same' ? 'good' : 'primary'} dot>
          {words.statuses[review.status]}
        </StatusTag>
        {review.decided_by_name}
        <DateText at={review.decided_at} time />
      </span>
    </Panel>
  )
}

interface DecisionDrawerProps {
  review: Review
  verdict: Verdict | null
  onClose: () => void
}

function DecisionDrawer({ review, verdict, onClose }: DecisionDrawerProps) {
  const words = useWords(identityWords)
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ reason: string }>()
  const decide = useDecide(review.id)
  const submit = ({ reason }: { reason: string }) => {
    if (!verdict) return
    decide.mutate(
      { verdict, reason: reason.trim() },
      {
        onSuccess: () => {
          void message.success(words.decidedDone)
          void navigate('/identity')
        },
      },
    )
  }
  const same = verdict === 'same'
  return (
    <FormDrawer
      open={verdict !== null}
      title={same ? words.same : words.different}
      form={form}
      busy={decide.isPending}
      error={decide.error}
      submitWord={same ? words.same : words.different}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item>
        <Alert type="info" showIcon title={same ? words.sameHint : words.differentHint} />
      </Form.Item>
      {same && review.left_customer_no !== review.right_customer_no && (
        <Form.Item>
          <PreviewPanel customerNos={[review.left_customer_no, review.right_customer_no]} />
        </Form.Item>
      )}
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea autoFocus rows={3} maxLength={longest} showCount placeholder={words.reasonPlaceholder} />
      </Form.Item>
    </FormDrawer>
  )
}
