import type { ReactNode } from 'react'
import { useMay } from '@/kit/actor'
import { Fact, Facts, RiskBadge, StatusTag } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { Grants } from './parts/grants'
import { AssessButton } from './selling/assess'
import { Insistences } from './selling/insist'
import { Sittings } from './selling/sittings'
import { Recordings } from './parts/recordings'
import { Requests } from './parts/requests'
import { Quiets } from './parts/quiets'
import { useBuyer, useConsent } from './queries'
import { careWords } from './words'

/** 授权与合规 of one customer: what was granted, what forbids contact, suitability, requests about their data. */
export function CustomerCare({ customerNo, aside }: { customerNo: string; aside?: ReactNode }) {
  const words = useWords(careWords)
  const query = useConsent(customerNo)
  const maySuit = useMay('suitability.read')
  const maySell = useMay('suitability.sell')
  return (
    <div className="lk-stack">
      <Loaded query={query}>
        {(consent) => (
          <>
            <Panel title={words.grants}>
              <Grants consent={consent} />
            </Panel>
            <div className="lk-grid">
              <Panel title={words.quiets} className="lk-span-6">
                <Quiets consent={consent} />
              </Panel>
              {maySuit && (
                <Panel
                  title={words.suitability}
                  className="lk-span-6"
                  extra={maySell && <AssessButton customerNo={customerNo} />}
                >
                  <Suitability customerNo={customerNo} />
                </Panel>
              )}
            </div>
          </>
        )}
      </Loaded>
      {aside}
      {maySuit && (
        <>
          <Sittings customerNo={customerNo} />
          <Insistences customerNo={customerNo} />
          <Recordings customerNo={customerNo} />
        </>
      )}
      <Requests customerNo={customerNo} />
    </div>
  )
}

function Suitability({ customerNo }: { customerNo: string }) {
  const words = useWords(careWords)
  const query = useBuyer(customerNo, true)
  return (
    <Loaded query={query} small>
      {(buyer) => (
        <Facts columns={2}>
          <Fact name={words.tolerance}>
            <span className="lk-row">
              <RiskBadge level={buyer.tolerance} named />
              {buyer.expired && <StatusTag tone="bad">{words.expired}</StatusTag>}
            </span>
          </Fact>
          <Fact name={words.validUntil}>
            <DateText at={buyer.valid_until} />
          </Fact>
          <Fact name={words.assessedOn}>
            <DateText at={buyer.assessed_on} />
          </Fact>
          <Fact name={words.experience}>{buyer.experienced ? words.experienced : words.firstTime}</Fact>
        </Facts>
      )}
    </Loaded>
  )
}
