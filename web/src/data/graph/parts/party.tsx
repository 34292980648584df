import { Link } from 'react-router'
import { StatusTag, TierBadge } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import { called } from '../look'
import type { Party } from '../wire'
import { graphWords } from '../words'

/** A party by its name; a masked one says what it is and leads nowhere. */
export function PartyName({ party, badges = false }: { party: Party; badges?: boolean }) {
  const words = useWords(graphWords)
  if (!party.customer_no) return <StatusTag>{called(party, words)}</StatusTag>
  return (
    <span className="lk-row">
      <Link to={`/customers/${party.customer_no}`}>{party.name}</Link>
      {badges && party.kind === 'person' && <TierBadge tier={party.tier} />}
      {badges && party.kind === 'company' && <StatusTag tone="plum">{words.company}</StatusTag>}
    </span>
  )
}

/** Who is in a group, in one line: names, then how many masked. */
export function MemberNames({ members }: { members: Party[] }) {
  const words = useWords(graphWords)
  const mine = members.filter((party) => party.customer_no)
  const rest = members.length - mine.length
  return (
    <span className="lk-row">
      {mine.map((party) => (
        <PartyName key={party.key} party={party} />
      ))}
      {rest > 0 && <span className="lk-faint">{words.othersMore(rest)}</span>}
    </span>
  )
}
