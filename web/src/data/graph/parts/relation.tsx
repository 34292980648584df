import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { DateText, Percent } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { called } from '../look'
import type { Evidence, Picture, Relation } from '../wire'
import { graphWords } from '../words'
import { AskDrawer } from './ask'
import { PartyName } from './party'

const bp = 10_000

interface RelationDrawerProps {
  picture: Picture
  relations: Relation[]
  onClose: () => void
}

/** All relations between two parties: what each says, by what evidence, how surely, since when, who confirmed it. */
export function RelationDrawer({ picture, relations, onClose }: RelationDrawerProps) {
  const words = useWords(graphWords)
  const may = useMay('relation.propose')
  const [denied, setDenied] = useState<Relation | null>(null)
  const parties = new Map(picture.parties.map((party) => [party.key, party]))
  const ends = relations[0] ? [relations[0].left, relations[0].right] : []
  return (
    <Drawer open={relations.length > 0} title={words.relation} onClose={onClose} size="default">
      <div className="lk-row">
        {ends.map((key) => {
          const party = parties.get(key)
          return party ? <PartyName key={key} party={party} badges /> : null
        })}
      </div>
      {relations.map((relation) => {
        const [left, right] = [parties.get(relation.left), parties.get(relation.right)].map((one) => called(one, words))
        return (
          <section key={relation.id} className="lk-graph-relation">
            <h3>{words.read[relation.kind]?.(left ?? '', right ?? '')}</h3>
            <Facts columns={2}>
              <Fact name={words.confidence}>
                <Percent ratio={relation.confidence} digits={0} />
              </Fact>
              <Fact name={words.confirmedBy}>{relation.confirmed_by ?? words.notConfirmed}</Fact>
              <Fact name={words.validFrom}>
                <DateText at={relation.valid_from} />
              </Fact>
              <Fact name={words.validTo}>
                <DateText at={relation.valid_to} />
              </Fact>
            </Facts>
            <ul className="lk-graph-evidence" aria-label={words.evidence}>
              {relation.evidence.map((one, index) => (
                <li key={index}>
                  <Told evidence={one} />
                </li>
              ))}
            </ul>
            {relation.evidence.some((one) => one.type === 'device') && (
              <p className="lk-small lk-faint">{words.deviceNote}</p>
            )}
            {may && (
              <Button size="small" danger onClick={() => setDenied(relation)}>
                {words.ask['deny']}
              </Button>
            )}
          </section>
        )
      })}
      {denied && (
        <AskDrawer
          asked={{ action: 'deny', relation_id: denied.id }}
          onClose={() => setDenied(null)}
          onDone={onClose}
        />
      )}
    </Drawer>
  )
}

function Told({ evidence }: { evidence: Evidence }) {
  const words = useWords(graphWords)
  return (
    <span className="lk-row">
      <StatusTag tone={evidence.type === 'person' ? 'good' : 'primary'}>{words.evidences[evidence.type]}</StatusTag>
      {evidence.text && <span className="lk-small">{evidence.text}</span>}
      {evidence.share_bp !== null && <Percent ratio={evidence.share_bp / bp} digits={0} />}
      {evidence.count > 1 && <span className="lk-small">{words.times(evidence.count)}</span>}
      {evidence.amount !== null && <Money minor={evidence.amount} />}
      {evidence.last_on && (
        <span className="lk-small lk-faint">
          {words.lastOn} <DateText at={evidence.last_on} />
        </span>
      )}
    </span>
  )
}
