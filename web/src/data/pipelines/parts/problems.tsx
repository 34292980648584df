import { Alert } from 'antd'
import { useWords } from '@/kit/lang'
import type { Problem } from '../wire'
import { pipelineWords } from '../words'

interface ProblemsProps {
  problems: Problem[]
  waiting: boolean
  written: boolean
}

/** What is wrong with the definition, each with its place; or that nothing is. */
export function Problems({ problems, waiting, written }: ProblemsProps) {
  const words = useWords(pipelineWords)
  const place = usePlace()
  if (!written) return null
  if (problems.length === 0) {
    return waiting ? (
      <p className="lk-small lk-soft">{words.checking}</p>
    ) : (
      <Alert type="success" showIcon title={words.sound} />
    )
  }
  return (
    <ul className="lk-stack" aria-live="polite">
      {problems.slice(0, 8).map((one) => (
        <li key={`${one.field}:${one.line}:${one.column}:${one.message}`}>
          <Alert type="error" showIcon title={one.message} description={place(one)} />
        </li>
      ))}
    </ul>
  )
}

function usePlace(): (one: Problem) => string | undefined {
  const words = useWords(pipelineWords)
  return (one) => {
    if (one.field === 'sql') return one.line > 0 ? words.place(one.line, one.column) : undefined
    const [first = ''] = one.field.split(/[.[]/)
    return words.fields[first] ?? one.field
  }
}
