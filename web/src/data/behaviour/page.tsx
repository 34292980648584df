import { Alert, Segmented } from 'antd'
import { useState, type ReactNode } from 'react'
import { useAddress } from '@/kit/address'
import { ApiError } from '@/api/errors'
import { Empty, Fault, Loaded } from '@/kit/faces'
import { useLang, useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { BlockSkeleton } from '@/kit/faces'
import { first, inKind, kinds, read } from './draft'
import { Builder } from './parts/builder'
import { Doers } from './parts/doers'
import { Examples } from './parts/examples'
import { ResultView } from './parts/result'
import { useAnalysis, useOffer } from './queries'
import type { Kind, Offer, Query } from './wire'
import { behaviourWords } from './words'

/** How segments are chosen and called: another capability knows them, the application composes it. */
export interface SegmentParts {
  pick: (value: number | null, onChange: (id: number | null) => void) => ReactNode
  name: (id: number) => ReactNode
}

/** 行为分析: choose what is asked, of which events and customers, over which days; read chart and table. */
export function BehaviourPage({ segments }: { segments?: SegmentParts | undefined }) {
  const words = useWords(behaviourWords)
  const offer = useOffer()
  const waiting = offer.error instanceof ApiError && offer.error.problem.code === 'no_events'
  return (
    <Page title={words.title} note={words.note}>
      {waiting ? (
        <Panel>
          <Empty title={words.notReady} hint={words.notReadyHint} />
        </Panel>
      ) : (
        <Loaded query={offer}>{(found) => <Desk offer={found} segments={segments} />}</Loaded>
      )}
    </Page>
  )
}

function Desk({ offer, segments }: { offer: Offer; segments: SegmentParts | undefined }) {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const [address, change] = useAddress()
  const asked = read(address.get('q')) ?? first(offer)
  const [draft, setDraft] = useState<Query>(asked)
  const [doers, setDoers] = useState<Query | null>(null)
  const segment = segments ? whole(address.get('segment')) : null
  const query = useAnalysis(asked, segment)
  const ask = (wanted: Query) => {
    setDraft(wanted)
    change({ q: JSON.stringify(wanted) })
  }
  return (
    <div className="lk-stack">
      <Examples offer={offer} asked={asked} onAsk={ask} />
      {segments && (
        <label className="lk-row">
          <span className="lk-soft">{words.segment}</span>
          {segments.pick(segment, (id) => change({ segment: id === null ? undefined : String(id) }))}
        </label>
      )}
      <Panel
        title={
          <div className="lk-scroll-x">
            <Segmented<Kind>
              value={draft.kind}
              options={kinds.map((value) => ({ value, label: words.kinds[value] ?? value }))}
              onChange={(kind) => setDraft(inKind(draft, kind))}
            />
          </div>
        }
      >
        <Builder offer={offer} draft={draft} busy={query.isFetching} onChange={setDraft} onAsk={() => ask(draft)} />
      </Panel>
      {query.error instanceof ApiError && query.error.status === 422 ? (
        <Alert type="error" showIcon title={sentence(query.error, lang)} />
      ) : query.error ? (
        <Fault error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <ResultView
          result={query.data.result}
          query={query.data.query}
          among={query.data.segment === null ? null : segments?.name(query.data.segment)}
          offer={offer}
          onWho={() => setDoers(asked)}
        />
      ) : (
        <BlockSkeleton rows={10} />
      )}
      <Doers query={doers} segment={segment} onClose={() => setDoers(null)} />
    </div>
  )
}

/** A number of the address; null when it holds none. */
const whole = (text: string | null): number | null => (text && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null)
