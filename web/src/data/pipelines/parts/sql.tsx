import { Input } from 'antd'
import { useWords } from '@/kit/lang'
import type { Problem } from '../wire'
import { pipelineWords } from '../words'

interface SqlProps {
  text: string
  readOnly: boolean
  problems: Problem[]
  onChange: (text: string) => void
}

/** The query, with the line of each problem repeated below it and a mark under the place. */
export function Sql({ text, readOnly, problems, onChange }: SqlProps) {
  const words = useWords(pipelineWords)
  const here = problems.find((one) => one.field === 'sql' && one.line > 0)
  const line = here ? text.split('\n')[here.line - 1] : undefined
  return (
    <>
      <Input.TextArea
        className="lk-editor"
        value={text}
        readOnly={readOnly}
        autoSize={{ minRows: 10, maxRows: 28 }}
        spellCheck={false}
        placeholder={words.queryHint}
        aria-label={words.sql}
        aria-invalid={problems.length > 0}
        maxLength={20_000}
        onChange={(event) => onChange(event.target.value)}
      />
      {here && line !== undefined && (
        <pre className="lk-pre lk-editor" aria-hidden>
          {`${line}\n${' '.repeat(Math.max(0, here.column - 1))}▲`}
        </pre>
      )}
    </>
  )
}
