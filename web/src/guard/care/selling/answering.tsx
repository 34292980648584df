import { Alert, Button, Drawer, Radio } from 'antd'
import { useState } from 'react'
import { Fact, Facts, RiskBadge } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { size } from '@/kit/tokens'
import { useBuyer } from '../queries'
import type { Paper } from '../wire'
import { useAnswer, useSubmit } from './queries'
import { Signs } from './sittings'
import type { Sitting } from './wire'
import { sellingWords } from './words'

/** The paper before the customer: one answer to each question, every choice kept at once; then the result. */
export function Answering({ sitting, paper, onClose }: { sitting: Sitting; paper: Paper; onClose: () => void }) {
  const words = useWords(sellingWords)
  const lang = useLang()
  const [answers, setAnswers] = useState<Record<string, string>>(sitting.answers)
  const answer = useAnswer(sitting.id)
  const submit = useSubmit()
  const result = submit.data
  const left = paper.questions.filter((one) => !answers[one.id]).length
  const choose = (question: string, option: string) => {
    const before = answers
    setAnswers({ ...answers, [question]: option })
    answer.mutate({ question, option }, { onError: () => setAnswers(before) })
  }
  const error = submit.error ?? answer.error
  const footer = result ? (
    <div className="lk-drawer-foot">
      <Button type="primary" onClick={onClose}>
        {words.done}
      </Button>
    </div>
  ) : (
    <div className="lk-drawer-foot">
      <span className="lk-soft">{answer.isPending ? words.saving : left > 0 ? words.allNeeded(left) : ''}</span>
      <Button
        type="primary"
        disabled={left > 0 || answer.isPending}
        loading={submit.isPending}
        onClick={() => submit.mutate(sitting.id)}
      >
        {words.submit}
      </Button>
    </div>
  )
  return (
    <Drawer
      open
      title={`${result ? words.result : paper.title} · ${sitting.customer_no}`}
      extra={!result && words.progress(paper.questions.length - left, paper.questions.length)}
      size={size.drawerWide}
      mask={{ closable: false }}
      footer={footer}
      onClose={onClose}
    >
      {result ? (
        <Result sitting={result} />
      ) : (
        <>
          <Alert type="warning" showIcon title={words.guided} />
          <ol className="lk-steps">
            {paper.questions.map((question) => (
              <li key={question.id}>
                <b id={`q-${question.id}`}>{question.text}</b>
                <div>
                  <Radio.Group
                    vertical
                    aria-labelledby={`q-${question.id}`}
                    value={answers[question.id] ?? null}
                    options={question.options.map((one) => ({ value: one.id, label: one.text }))}
                    onChange={(event) => choose(question.id, String(event.target.value))}
                  />
                </div>
              </li>
            ))}
          </ol>
        </>
      )}
      {error ? <Alert type="error" showIcon title={sentence(error, lang)} /> : null}
    </Drawer>
  )
}

function Result({ sitting }: { sitting: Sitting }) {
  const words = useWords(sellingWords)
  const held = sitting.state === 'review'
  const buyer = useBuyer(sitting.customer_no, !held)
  return (
    <div className="lk-stack">
      <Alert
        type={held ? 'warning' : 'success'}
        showIcon
        title={held ? words.heldBack : words.inForce}
        description={
          held && (
            <div className="lk-stack">
              <span>{words.heldBackHint}</span>
              <Signs signs={sitting.signs} />
            </div>
          )
        }
      />
      <Facts columns={3}>
        <Fact name={words.result}>
          <RiskBadge level={sitting.tolerance} named />
        </Fact>
        <Fact name={words.score}>{sitting.score}</Fact>
        {!held && (
          <Fact name={words.resultUntil}>
            <DateText at={buyer.isFetching ? null : buyer.data?.valid_until} />
          </Fact>
        )}
      </Facts>
    </div>
  )
}
