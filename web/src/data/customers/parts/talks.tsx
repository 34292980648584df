import { StatusTag, type Tone } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { Interaction } from '../wire'
import { customerWords } from '../words'

const pleased = 0.25

/** 沟通与会话, 投诉与服务: what was said, when, with whom, and how it ended. */
export function Talks({ items, complaints = false }: { items: Interaction[]; complaints?: boolean }) {
  const words = useWords(customerWords)
  return (
    <Panel title={complaints ? words.complaintsTitle : words.talksTitle}>
      <ul>
        {items.map((item) => (
          <Talk key={item.id} item={item} />
        ))}
      </ul>
    </Panel>
  )
}

function Talk({ item }: { item: Interaction }) {
  const words = useWords(customerWords)
  const channel = item.channel ? (words.channels[item.channel] ?? item.channel) : ''
  const notes = [channel, words.systems[item.source] ?? item.source, item.staff_no && `${words.staff} ${item.staff_no}`]
  return (
    <li className="lk-talk">
      <div className="lk-row-between">
        <span className="lk-row">
          <b>{item.topic ?? words.entryKinds[item.kind] ?? item.kind}</b>
          {item.topic && <StatusTag>{words.entryKinds[item.kind] ?? item.kind}</StatusTag>}
          {item.sentiment !== null && <Mood value={item.sentiment} />}
          {item.kind === 'complaint' && <Settled item={item} />}
        </span>
        <span className="lk-faint">
          <DateText at={item.at} time />
        </span>
      </div>
      {item.text && <p className="lk-quote">{item.text}</p>}
      <div className="lk-small lk-faint">{notes.filter(Boolean).join(' · ')}</div>
    </li>
  )
}

function Mood({ value }: { value: number }) {
  const words = useWords(customerWords)
  const face: 'good' | 'bad' | 'calm' = value > pleased ? 'good' : value < -pleased ? 'bad' : 'calm'
  const tone: Tone = face === 'calm' ? 'neutral' : face
  return (
    <StatusTag tone={tone} dot>
      {words.sentiments[face]}
    </StatusTag>
  )
}

function Settled({ item }: { item: Interaction }) {
  const words = useWords(customerWords)
  if (!item.resolved_at) {
    return (
      <StatusTag tone="bad" dot>
        {words.openCase}
      </StatusTag>
    )
  }
  return (
    <StatusTag tone="good" dot>
      {words.resolvedAt} <DateText at={item.resolved_at} />
    </StatusTag>
  )
}
