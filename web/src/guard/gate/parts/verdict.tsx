import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { StatusTag } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { arranged, deciding, evidenceLines } from '../verdict'
import type { Looked, Trial } from '../wire'
import { gateWords } from '../words'

/** The verdict in one line, then every check: what said no, why, and what would make it possible. */
export function VerdictPanel({ trial }: { trial: Trial }) {
  const words = useWords(gateWords)
  const first = deciding(trial.looked)
  const tone = trial.permitted ? 'good' : 'bad'
  const passed = trial.looked.filter((look) => look.passed).length
  return (
    <Panel>
      <div className={`lk-ruling lk-ruling-${tone}`} role="status">
        {trial.permitted ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />}
        <div>
          <div className="lk-big">{trial.permitted ? words.permitted : words.refused}</div>
          <div>{trial.permitted ? words.permittedHint(trial.permit_seconds) : trial.line}</div>
        </div>
      </div>
      <p className="lk-small lk-faint lk-foot-space">
        {[
          words.channelNames[trial.channel],
          words.purposeNames[trial.purpose],
          words.policyVersion(trial.policy_version),
          words.passedOf(passed, trial.looked.length),
        ].join(' · ')}
        {' · '}
        <DateText at={trial.at} time />
        {trial.past && ` · ${words.past}`}
      </p>
      <ol className="lk-checks">
        {arranged(trial.looked).map((look) => (
          <CheckLine key={look.check} look={look} decides={look === first} />
        ))}
      </ol>
    </Panel>
  )
}

function CheckLine({ look, decides }: { look: Looked; decides: boolean }) {
  const words = useWords(gateWords)
  const lines = look.passed ? [] : evidenceLines(look.evidence, words)
  return (
    <li className={`lk-check ${look.passed ? 'lk-check-good' : 'lk-check-bad'}`}>
      {look.passed ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />}
      <div>
        <div className="lk-row">
          <b>{words.checkNames[look.check] ?? look.title}</b>
          <StatusTag tone={look.passed ? 'good' : 'bad'}>{look.passed ? words.passed : words.blocked}</StatusTag>
          {decides && <StatusTag tone="accent">{words.decides}</StatusTag>}
        </div>
        {!look.passed && (
          <>
            <p>{look.reason}</p>
            {look.remedy && (
              <p className="lk-remedy">
                <b>{words.remedy}</b> {look.remedy}
              </p>
            )}
            <p className="lk-small lk-faint">{[`${words.source} ${look.source}`, ...lines].join(' · ')}</p>
          </>
        )}
      </div>
    </li>
  )
}
