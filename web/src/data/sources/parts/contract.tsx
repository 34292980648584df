import { Alert, App, Button, Input, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { useMay } from '@/kit/actor'
import { Loaded } from '@/kit/faces'
import { dateTime } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { useContract, useContractCheck, useSaveContract } from '../queries'
import type { Contract, ContractProblem } from '../wire'
import { sourceWords } from '../words'

const pause = 500

/** The contract's text, checked as it is written, saved as a new version. */
export function ContractTab({ name }: { name: string }) {
  const query = useContract(name)
  return <Loaded query={query}>{(contract) => <Editor key={contract.version} contract={contract} />}</Loaded>
}

function Editor({ contract }: { contract: Contract }) {
  const words = useWords(sourceWords)
  const lang = useLang()
  const { message } = App.useApp()
  const may = useMay('source.edit')
  const [text, setText] = useState(contract.text)
  const changed = text !== contract.text
  const check = useRestingCheck(text, changed)
  const problems = changed ? (check.data?.problems ?? []) : contract.problems
  const save = useSaveContract(contract.source)
  const submit = () =>
    save.mutate({ text, base_version: contract.version }, { onSuccess: () => void message.success(words.saved) })
  const sound = changed && !check.waiting && problems.length === 0
  return (
    <div className="lk-grid">
      <Panel
        title={words.contractTitle}
        extra={<Tag>{words.contractVersion(contract.version)}</Tag>}
        className="lk-span-8"
      >
        <Input.TextArea
          className="lk-editor"
          value={text}
          readOnly={!may}
          autoSize={{ minRows: 18, maxRows: 36 }}
          spellCheck={false}
          aria-label={words.contractTitle}
          onChange={(event) => setText(event.target.value)}
        />
        {!may && <p className="lk-small lk-faint">{words.readOnly}</p>}
        {save.error && <Alert type="error" showIcon title={sentence(save.error, lang)} />}
        {may && (
          <div className="lk-drawer-foot lk-foot-space">
            <Button disabled={!changed} onClick={() => setText(contract.text)}>
              {words.revert}
            </Button>
            <Button type="primary" disabled={!sound} loading={save.isPending} onClick={submit}>
              {words.saveVersion}
            </Button>
          </div>
        )}
      </Panel>
      <div className="lk-span-4 lk-stack">
        <Panel title={problems.length > 0 ? words.problems(problems.length) : words.tabs['contract']}>
          {changed && check.waiting ? (
            <span className="lk-soft">{words.checkWaiting}</span>
          ) : (
            <Problems problems={problems} changed={changed} />
          )}
        </Panel>
        <History contract={contract} />
      </div>
    </div>
  )
}

/** The check of a text that has not changed for half a second. */
function useRestingCheck(text: string, changed: boolean) {
  const [resting, setResting] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setResting(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  const query = useContractCheck(resting, changed)
  return { data: query.data, waiting: resting !== text || query.isFetching }
}

function Problems({ problems, changed }: { problems: ContractProblem[]; changed: boolean }) {
  const words = useWords(sourceWords)
  if (problems.length === 0) return <Alert type="success" showIcon title={changed ? words.checkOk : words.sound} />
  return (
    <ul className="lk-stack">
      {problems.map((problem) => (
        <li key={`${problem.line}:${problem.column}:${problem.key}:${problem.message}`}>
          <Alert
            type="error"
            title={problem.message}
            description={
              <>
                {problem.line > 0 ? words.place(problem.line, problem.column) : words.wholeText}
                {problem.key && <code> {problem.key}</code>}
              </>
            }
          />
        </li>
      ))}
    </ul>
  )
}

function History({ contract }: { contract: Contract }) {
  const words = useWords(sourceWords)
  return (
    <Panel title={words.history}>
      <ul className="lk-stack">
        {contract.versions.map((one) => (
          <li key={one.version} className="lk-row-between">
            <b>{words.contractVersion(one.version)}</b>
            <span className="lk-small lk-faint">
              {words.savedBy(one.saved_by.replace(/^system:.*/, words.system_run), dateTime(one.saved_at))}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
