import { Collapse } from 'antd'
import { useMay } from '@/kit/actor'
import { StatusTag, type Tone } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { AssessButton } from '../selling/assess'
import { usePapers } from '../queries'
import type { Paper } from '../wire'
import { careWords } from '../words'

const tones: Record<Paper['state'], Tone> = { draft: 'warn', live: 'good', withdrawn: 'neutral' }

/** Question papers by version: every question as the customer reads it. */
export function Papers() {
  const words = useWords(careWords)
  const query = usePapers()
  const maySell = useMay('suitability.sell')
  return (
    <Loaded query={query}>
      {(papers) =>
        papers.length === 0 ? (
          <Panel>
            <Empty title={words.noPapers} />
          </Panel>
        ) : (
          <div className="lk-stack">
            {maySell && (
              <div className="lk-row-end">
                <AssessButton primary />
              </div>
            )}
            {papers.map((paper) => (
              <Panel
                key={`${paper.paper_no}-${paper.version}`}
                title={`${paper.title} · ${words.version(paper.version)}`}
                extra={
                  <>
                    <StatusTag tone={tones[paper.state]} dot>
                      {words.paperStates[paper.state]}
                    </StatusTag>
                    <DateText at={paper.live_at} />
                  </>
                }
              >
                <p className="lk-small lk-faint">{paper.source}</p>
                <Collapse
                  size="small"
                  className="lk-foot-space"
                  items={[
                    {
                      key: 'questions',
                      label: words.questions(paper.questions.length),
                      children: <Questions paper={paper} />,
                    },
                  ]}
                />
              </Panel>
            ))}
          </div>
        )
      }
    </Loaded>
  )
}

function Questions({ paper }: { paper: Paper }) {
  return (
    <ol className="lk-steps">
      {paper.questions.map((question) => (
        <li key={question.id}>
          <b>{question.text}</b>
          <ul className="lk-small lk-soft">
            {question.options.map((option) => (
              <li key={option.id}>
                {option.id}. {option.text}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}
