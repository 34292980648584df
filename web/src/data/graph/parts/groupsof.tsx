import { Button } from 'antd'
import { Link } from 'react-router'
import { StatusTag } from '@/kit/badge'
import { BlockSkeleton, Empty, Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useGroupsOf } from '../queries'
import type { GroupDetail } from '../wire'
import { graphWords } from '../words'
import { Members } from './members'
import { SumsPanel } from './sums'
import '../graph.css'

/** The family and the enterprise of a customer: members with the reason of each, and what they have together. */
export function GroupsOf({ customerNo, link = false }: { customerNo: string; link?: boolean }) {
  const words = useWords(graphWords)
  const query = useGroupsOf(customerNo)
  const graph = (
    <Link to={`/customers/${customerNo}/graph`}>
      <Button type={link ? 'primary' : 'default'}>{words.openGraph}</Button>
    </Link>
  )
  return (
    <Loaded query={query} skeleton={<BlockSkeleton rows={4} />} small>
      {(groups) => (
        <>
          {link && <div className="lk-row">{graph}</div>}
          {groups.length === 0 && (
            <Panel>
              <Empty small title={words.noGroup} />
            </Panel>
          )}
          {groups.map((group) => (
            <One key={group.id} group={group} />
          ))}
        </>
      )}
    </Loaded>
  )
}

function One({ group }: { group: GroupDetail }) {
  const words = useWords(graphWords)
  return (
    <section className="lk-graph-group">
      <header className="lk-row">
        <h2>
          <Link to={`/groups/${group.id}`}>{words.groupName(words.kinds[group.kind] ?? '', group.id)}</Link>
        </h2>
        <StatusTag tone={group.state === 'confirmed' ? 'good' : 'neutral'}>
          {group.confirmed_by ? `${words.states[group.state]} · ${group.confirmed_by}` : words.states[group.state]}
        </StatusTag>
      </header>
      <div className="lk-graph-split">
        <Members group={group} />
        <SumsPanel sums={group.sums} device={group.types.includes('device')} />
      </div>
    </section>
  )
}
