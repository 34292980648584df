import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { BlockSkeleton, Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { AskDrawer } from './parts/ask'
import { GraphPanel } from './parts/graph'
import { Members } from './parts/members'
import { SumsPanel } from './parts/sums'
import { useGroup, type Asked } from './queries'
import type { GroupDetail } from './wire'
import { graphWords } from './words'
import './graph.css'

/** One family or enterprise: who, why, what they have with us, and the picture around it. */
export function GroupPage() {
  const words = useWords(graphWords)
  const { id = '' } = useParams()
  const query = useGroup(Number(id) || 0)
  const group = query.data
  const name = group ? words.groupName(words.kinds[group.kind] ?? '', group.id) : words.group
  return (
    <Page
      title={name}
      note={group && <State group={group} />}
      back={{ to: '/groups', label: words.back }}
      actions={group && <Actions group={group} />}
    >
      <Loaded query={query} skeleton={<BlockSkeleton rows={10} />}>
        {(found) => <Whole group={found} />}
      </Loaded>
    </Page>
  )
}

function Whole({ group }: { group: GroupDetail }) {
  const first = group.members.find((member) => member.party.customer_no)?.party.customer_no
  return (
    <>
      <div className="lk-graph-split">
        <Members group={group} />
        <SumsPanel sums={group.sums} device={group.types.includes('device')} />
      </div>
      {first && <GraphPanel customerNo={first} hops={1} />}
    </>
  )
}

function State({ group }: { group: GroupDetail }) {
  const words = useWords(graphWords)
  return (
    <span className="lk-row">
      <StatusTag tone={group.state === 'confirmed' ? 'good' : 'neutral'}>{words.states[group.state]}</StatusTag>
      {group.confirmed_by}
      <span>{words.memberCount(group.members.length)}</span>
    </span>
  )
}

function Actions({ group }: { group: GroupDetail }) {
  const words = useWords(graphWords)
  const navigate = useNavigate()
  const may = useMay('relation.propose')
  const [asked, setAsked] = useState<Asked | null>(null)
  if (!may) return null
  const ask = (action: Asked['action']): Asked =>
    action === 'merge'
      ? { action, group_id: group.id, other_id: 0 }
      : action === 'split'
        ? { action, group_id: group.id, customer_nos: [] }
        : { action: 'confirm', group_id: group.id }
  const open = (action: Asked['action']) => setAsked(ask(action))
  return (
    <>
      <Button onClick={() => open('split')}>{words.ask['split']}</Button>
      <Button onClick={() => open('merge')}>{words.ask['merge']}</Button>
      {group.state === 'found' && (
        <Button type="primary" onClick={() => open('confirm')}>
          {words.ask['confirm']}
        </Button>
      )}
      {asked && (
        <AskDrawer
          key={asked.action}
          asked={asked}
          group={group}
          onClose={() => setAsked(null)}
          onDone={() => void navigate('/groups?tab=requests')}
        />
      )}
    </>
  )
}
