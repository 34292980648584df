import { Button } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, dateTimeExact } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { Actor } from './parts/entries'
import { EvidenceDrawer } from './parts/evidence'
import { ProofSteps } from './parts/proofsteps'
import { useEntry } from './queries'
import type { EntryProof } from './wire'
import { auditWords } from './words'

const indent = 2

/** One entry: what it says, and the proof that the signed log holds it. */
export function EntryPage() {
  const words = useWords(auditWords)
  const { n = '' } = useParams()
  const number = Number(n)
  const query = useEntry(number)
  const [taking, setTaking] = useState(false)
  return (
    <Page
      title={words.entryTitle(count(number))}
      back={{ to: '/audit', label: words.title }}
      actions={
        query.data && (
          <Button type="primary" onClick={() => setTaking(true)}>
            {words.take(1)}
          </Button>
        )
      }
    >
      <Loaded query={query}>{(proof) => <Detail proof={proof} />}</Loaded>
      {taking && <EvidenceDrawer entries={[number]} onClose={() => setTaking(false)} />}
    </Page>
  )
}

function Detail({ proof }: { proof: EntryProof }) {
  const words = useWords(auditWords)
  const { entry } = proof
  return (
    <div className="lk-grid">
      <Panel title={words.what} className="lk-span-6">
        <Facts columns={2}>
          <Fact name={words.kind}>{words.kindNames[entry.kind] ?? entry.kind}</Fact>
          <Fact name={words.time}>{dateTimeExact(entry.at)}</Fact>
          <Fact name={words.actor}>
            <Actor id={entry.actor_id} name={entry.actor_name} />
          </Fact>
          <Fact name={words.via}>{words.vias[entry.via] ?? entry.via}</Fact>
          {entry.customer_no && (
            <Fact name={words.customer}>
              <Link to={`/customers/${entry.customer_no}`}>{entry.customer_no}</Link>
            </Fact>
          )}
          {entry.customers.length > 0 && (
            <Fact name={words.customer}>
              <span className="lk-row">
                {entry.customers.map((number) => (
                  <Link key={number} to={`/audit?customer=${number}`}>
                    {number}
                  </Link>
                ))}
                {entry.listed_erased > 0 && (
                  <StatusTag tone="warn">{words.listedErased(entry.listed_erased)}</StatusTag>
                )}
              </span>
            </Fact>
          )}
          <Fact name={words.request}>
            <span className="lk-hash">{entry.request_id || '—'}</span>
          </Fact>
        </Facts>
        {entry.erased ? (
          <p className="lk-foot-space">
            <StatusTag tone="warn">{words.erased}</StatusTag> {words.erasedHint}
          </p>
        ) : (
          <pre className="lk-pre lk-foot-space">{JSON.stringify(entry.payload, null, indent)}</pre>
        )}
      </Panel>
      <Panel title={words.proof} className="lk-span-6" extra={<DateText at={proof.checkpoint.at} time />}>
        <ProofSteps proof={proof} />
      </Panel>
    </div>
  )
}
