import { Alert, App, Button, Input, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { useMay } from '@/kit/actor'
import { Loaded } from '@/kit/faces'
import { dateTime } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { usePlan, usePlanCheck, usePlanVersions, useSavePlan } from '../queries'
import type { PlanProblem, TrackingPlan } from '../wire'
import { behaviourWords } from '../words'

const pause = 500

/** The tracking plan's text, checked as it is written, saved as a new version. */
export function PlanTab() {
  const query = usePlan()
  return <Loaded query={query}>{(plan) => <Editor key={plan.version} plan={plan} />}</Loaded>
}

function useResting(text: string): string {
  const [resting, setResting] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setResting(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  return resting
}

function Editor({ plan }: { plan: TrackingPlan }) {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const { message } = App.useApp()
  const may = useMay('source.edit')
  const [text, setText] = useState(plan.text)
  const changed = text !== plan.text
  const resting = useResting(text)
  const check = usePlanCheck(resting, changed)
  const waiting = resting !== text || check.isFetching
  const problems = changed ? (check.data ?? []) : []
  const save = useSavePlan()
  const submit = () =>
    save.mutate({ text, base_version: plan.version }, { onSuccess: () => void message.success(words.saved) })
  return (
    <div className="lk-grid">
      <Panel title={words.planText} extra={<Tag>{words.planVersion(plan.version)}</Tag>} className="lk-span-8">
        <Input.TextArea
          className="lk-editor"
          value={text}
          readOnly={!may}
          autoSize={{ minRows: 18, maxRows: 32 }}
          spellCheck={false}
          aria-label={words.planText}
          onChange={(event) => setText(event.target.value)}
        />
        {save.error && <Alert type="error" showIcon title={sentence(save.error, lang)} />}
        {may && (
          <div className="lk-drawer-foot lk-foot-space">
            <Button disabled={!changed} onClick={() => setText(plan.text)}>
              {words.revert}
            </Button>
            <Button
              type="primary"
              disabled={!changed || waiting || problems.length > 0}
              loading={save.isPending}
              onClick={submit}
            >
              {words.saveVersion}
            </Button>
          </div>
        )}
      </Panel>
      <div className="lk-span-4 lk-stack">
        <Panel title={problems.length > 0 ? words.problems(problems.length) : words.tabs['plan']}>
          {changed && waiting ? <span className="lk-soft">{words.checking}</span> : <Problems problems={problems} />}
        </Panel>
        <Versions />
      </div>
    </div>
  )
}

function Problems({ problems }: { problems: PlanProblem[] }) {
  const words = useWords(behaviourWords)
  if (problems.length === 0) return <Alert type="success" showIcon title={words.sound} />
  return (
    <ul className="lk-stack">
      {problems.map((one) => (
        <li key={`${one.place}:${one.message}`}>
          <Alert type="error" title={one.message} description={<code>{one.place}</code>} />
        </li>
      ))}
    </ul>
  )
}

function Versions() {
  const words = useWords(behaviourWords)
  const query = usePlanVersions()
  return (
    <Panel title={words.versions}>
      <Loaded query={query}>
        {(versions) => (
          <ul className="lk-stack">
            {versions.map((one) => (
              <li key={one.version} className="lk-row-between">
                <b>{words.planVersion(one.version)}</b>
                {one.saved_at && (
                  <span className="lk-small lk-faint">{words.savedBy(one.saved_by, dateTime(one.saved_at))}</span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  )
}
