import { Link } from 'react-router'
import { Fact, Facts } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { Case } from '../wire'
import { caseWords } from '../words'
import { CaseState } from './list'

/** What a case is about, who works on it and until when, and what was proposed. */
export function CaseFacts({ one }: { one: Case }) {
  const words = useWords(caseWords)
  return (
    <Panel title={one.case_no} extra={<CaseState one={one} />}>
      <Facts columns={2}>
        <Fact name={words.kind}>{words.kinds[one.kind]}</Fact>
        <Fact name={words.priority}>{words.priorities[one.priority]}</Fact>
        <Fact name={words.assignee}>{one.assignee_name ?? words.nobody}</Fact>
        <Fact name={words.due}>
          <DateText at={one.due_at} time />
        </Fact>
        {one.customer_no && (
          <Fact name={words.customer}>
            <Link to={`/customers/${one.customer_no}`}>{one.customer_no}</Link>
          </Fact>
        )}
        {one.disposition && <Fact name={words.disposition}>{words.dispositions[one.disposition]}</Fact>}
      </Facts>
      {one.summary && <p className="lk-quote lk-foot-space">{one.summary}</p>}
      {one.state === 'proposed' && <p className="lk-quote lk-foot-space">{one.proposal}</p>}
    </Panel>
  )
}
