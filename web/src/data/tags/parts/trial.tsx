import { Alert, Button } from 'antd'
import { Link } from 'react-router'
import { TierBadge } from '@/kit/badge'
import { Count, DateText, Percent } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Tile, Tiles } from '@/kit/page'
import { sentence } from '@/kit/say'
import { TagValue } from '@/kit/tagvalue'
import { useSentence, useTrial } from '../queries'
import type { Draft, Trial } from '../wire'
import { tagWords } from '../words'
import { SpreadChart } from './spread'

/** What the draft says, and what it gives on today's data. */
export function TrialPanel({ draft }: { draft: Draft | null }) {
  const words = useWords(tagWords)
  const lang = useLang()
  const said = useSentence(draft)
  const trial = useTrial()
  if (!draft) return <p className="lk-soft">{words.trialEmpty}</p>
  const wrong = said.error ? <Alert type="error" showIcon title={sentence(said.error, lang)} /> : null
  const failed = trial.error ? <Alert type="error" showIcon title={sentence(trial.error, lang)} /> : null
  return (
    <div className="lk-stack">
      {wrong ?? <p>{said.data?.sentence ?? ''}</p>}
      <div>
        <Button loading={trial.isPending} disabled={Boolean(said.error)} onClick={() => trial.mutate(draft)}>
          {words.tryIt}
        </Button>
      </div>
      {failed}
      {trial.data && trial.variables && <Given trial={trial.data} draft={trial.variables} />}
    </div>
  )
}

function Given({ trial, draft }: { trial: Trial; draft: Draft }) {
  const words = useWords(tagWords)
  const { spread } = trial
  return (
    <>
      <Tiles>
        <Tile
          name={words.people}
          value={<Count value={spread.filled * trial.every} />}
          note={trial.every > 1 ? words.sampled(trial.every) : words.exact}
        />
        <Tile
          name={words.filled}
          value={<Percent ratio={spread.customers > 0 ? spread.filled / spread.customers : null} />}
        />
        <Tile name={words.asOf} value={<DateText at={trial.as_of} />} />
      </Tiles>
      <SpreadChart
        spread={spread}
        kind={draft.kind}
        labels={draft.words ?? {}}
        asOf={trial.as_of}
        definition={trial.sentence}
      />
      {trial.examples.length > 0 && (
        <div>
          <div className="lk-faint">{words.examples}</div>
          <ul className="lk-lines">
            {trial.examples.map((one) => (
              <li key={one.customer_no} className="lk-row lk-row-between">
                <span className="lk-row">
                  <Link to={`/customers/${one.customer_no}`}>{one.name}</Link>
                  <TierBadge tier={one.tier} />
                  <span className="lk-faint">{one.branch_name}</span>
                </span>
                <TagValue
                  kind={draft.kind}
                  unit={draft.unit ?? ''}
                  value={one.value}
                  label={draft.words?.[String(one.value)] ?? null}
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
