import { Alert, Segmented } from 'antd'
import { useState } from 'react'
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

/** 行为分析: choose what is asked, of which events, over which days; read chart and table. */
export function BehaviourPage() {
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
        <Loaded query={offer}>{(found) => <Desk offer={found} />}</Loaded>
      )}
    </Page>
  )
}

function Desk({ offer }: { offer: Offer }) {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const [address, change] = useAddress()
  const asked = read(address.get('q')) ?? first(offer)
  const [draft, setDraft] = useState<Query>(asked)
  const [doers, setDoers] = useState<Query | null>(null)
  const query = useAnalysis(asked)
  const ask = (wanted: Query) => {
    setDraft(wanted)
    change({ q: JSON.stringify(wanted) })
  }
  return (
    <div className="lk-stack">
      <Examples offer={offer} asked={asked} onAsk={ask} />
      <Panel
        title={
          <Segmented<Kind>
            value={draft.kind}
            options={kinds.map((value) => ({ value, label: words.kinds[value] ?? value }))}
            onChange={(kind) => setDraft(inKind(draft, kind))}
          />
        }
      >
        <Builder offer={offer} draft={draft} busy={query.isFetching} onChange={setDraft} onAsk={() => ask(draft)} />
      </Panel>
      {query.error instanceof ApiError && query.error.status === 422 ? (
        <Alert type="error" showIcon title={sentence(query.error, lang)} />
      ) : query.error ? (
        <Fault error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <ResultView {...query.data} offer={offer} onWho={() => setDoers(asked)} />
      ) : (
        <BlockSkeleton rows={10} />
      )}
      <Doers query={doers} onClose={() => setDoers(null)} />
    </div>
  )
}
