import { Alert, App, Button, Drawer, Form, Input } from 'antd'
import { useMay } from '@/kit/actor'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useJudge, type Judgement } from '../queries'
import type { Request } from '../wire'
import { graphWords } from '../words'
import { longest, shortest } from './ask'
import { tones, useContent } from './requests'

/** One request: what, why, by whom; and the judgement of a second person. */
export function JudgeDrawer({ request, onClose }: { request: Request; onClose: () => void }) {
  const words = useWords(graphWords)
  const content = useContent()
  return (
    <Drawer open title={words.ask[request.action]} onClose={onClose} size="default">
      <Facts columns={2}>
        <Fact name={words.content}>{content(request)}</Fact>
        <Fact name={words.decision}>
          <StatusTag tone={tones[request.state]}>{words.requestStates[request.state]}</StatusTag>
        </Fact>
        <Fact name={words.proposedBy}>{request.proposed_by}</Fact>
        <Fact name={words.proposedAt}>
          <DateText at={request.proposed_at} time />
        </Fact>
        <Fact name={words.reason}>{request.reason}</Fact>
        {request.decided_by && <Fact name={words.decidedBy}>{request.decided_by}</Fact>}
        {request.decision && <Fact name={words.decision}>{request.decision}</Fact>}
      </Facts>
      {request.state === 'pending' && <Judge request={request} onClose={onClose} />}
    </Drawer>
  )
}

function Judge({ request, onClose }: { request: Request; onClose: () => void }) {
  const words = useWords(graphWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<{ reason: string }>()
  const judge = useJudge()
  const mayApprove = useMay('relation.approve')
  const lang = useLang()
  const end = (judgement: Judgement, reason: string) =>
    judge.mutate(
      { id: request.id, judgement, reason },
      {
        onSuccess: () => {
          void message.success(words.judged[judgement])
          onClose()
        },
      },
    )
  const refuse = () =>
    void form
      .validateFields()
      .then(({ reason }) => end('refuse', reason.trim()))
      .catch(() => undefined)
  const fault = judge.error ? <Alert type="error" showIcon title={sentence(judge.error, lang)} /> : null
  if (request.mine)
    return (
      <div className="lk-graph-judge">
        <Alert type="info" showIcon title={words.ownRequest} />
        {fault}
        <Button loading={judge.isPending} onClick={() => end('withdraw', '')}>
          {words.judge['withdraw']}
        </Button>
      </div>
    )
  if (!mayApprove) return <Alert type="info" showIcon title={words.waitOthers} />
  return (
    <Form form={form} layout="vertical" className="lk-graph-judge">
      {fault}
      <Form.Item
        name="reason"
        label={words.decision}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea rows={2} maxLength={longest} showCount />
      </Form.Item>
      <div className="lk-row">
        <Button
          type="primary"
          loading={judge.isPending}
          onClick={() => end('approve', String(form.getFieldValue('reason') ?? ''))}
        >
          {words.judge['approve']}
        </Button>
        <Button danger disabled={judge.isPending} onClick={refuse}>
          {words.judge['refuse']}
        </Button>
      </div>
    </Form>
  )
}
