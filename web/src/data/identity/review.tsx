import { useParams } from 'react-router'
import { Loaded } from '@/kit/faces'
import { chance } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { StatusTag } from '@/kit/badge'
import { Decision } from './parts/decision'
import { SideBySide } from './parts/sidebyside'
import { WaterfallChart } from './parts/waterfall'
import { useReview } from './queries'
import type { ReviewDetail } from './wire'
import { identityWords } from './words'

/** One pair: side by side, the waterfall of its evidence, and the judgement. */
export function ReviewPage() {
  const words = useWords(identityWords)
  const { id = '' } = useParams()
  const query = useReview(id)
  return (
    <Page title={words.reviewTitle} back={{ to: '/identity', label: words.back }}>
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </Page>
  )
}

function Detail({ detail }: { detail: ReviewDetail }) {
  const words = useWords(identityWords)
  const { review } = detail
  const summary = (
    <span className="lk-row">
      <StatusTag tone="warn">{words.whys[review.why]}</StatusTag>
      {words.probability} <span className="lk-figure">{chance(review.probability)}</span>
    </span>
  )
  return (
    <div className="lk-grid">
      <Panel title={words.sideBySide} extra={summary} className="lk-span-6">
        <SideBySide detail={detail} />
      </Panel>
      <Panel title={words.waterfall} className="lk-span-6">
        <WaterfallChart waterfall={detail.waterfall} />
      </Panel>
      <div className="lk-span-12">
        <Decision review={review} />
      </div>
    </div>
  )
}
