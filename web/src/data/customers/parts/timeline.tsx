import { Button, Select } from 'antd'
import { useState } from 'react'
import { BlockSkeleton, Empty, Fault } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
import { kitWords } from '@/kit/words'
import { useTimeline } from '../queries'
import type { CustomerPage, Entry, EntryKind } from '../wire'
import { customerWords } from '../words'

const kinds: EntryKind[] = ['transaction', 'login', 'view', 'call', 'visit', 'chat', 'complaint', 'touch']

/** Everything that happened, newest first, by kind. */
export function Timeline({ customer }: { customer: CustomerPage }) {
  const words = useWords(customerWords)
  const kit = useWords(kitWords)
  const [chosen, setChosen] = useState<EntryKind[]>([])
  const rows = useTimeline(customer.customer_no, chosen)
  // The page brought the first entries along: show them until the list itself is here.
  const items = rows.items ?? (chosen.length === 0 ? customer.timeline : undefined)
  const filter = (
    <Select<EntryKind[]>
      mode="multiple"
      allowClear
      showSearch={false}
      variant="borderless"
      size="small"
      maxTagCount="responsive"
      className="lk-filter"
      placeholder={kit.filters}
      aria-label={kit.filters}
      value={chosen}
      options={kinds.map((value) => ({ value, label: words.entryKinds[value] ?? value }))}
      onChange={setChosen}
    />
  )
  return (
    <Panel title={words.timeline} extra={filter}>
      {items === undefined ? (
        rows.error ? (
          <Fault small error={rows.error} onRetry={() => void rows.refetch()} />
        ) : (
          <BlockSkeleton rows={8} />
        )
      ) : items.length === 0 ? (
        <Empty small title={words.timelineEmpty} />
      ) : (
        <ul className="lk-timeline">
          {items.map((entry) => (
            <Moment key={`${entry.kind}${entry.id}`} entry={entry} />
          ))}
          {rows.hasMore && (
            <Button type="link" block loading={rows.isFetchingMore ?? false} onClick={() => void rows.more?.()}>
              {kit.more}
            </Button>
          )}
        </ul>
      )}
    </Panel>
  )
}

/** Whether the text says more than the title: bare codes and repeated words do not. */
function isTelling(text: string | null, name: string): boolean {
  return Boolean(text) && text !== name && !/^[\dA-Z_-]*$/.test(text ?? '')
}

function Moment({ entry }: { entry: Entry }) {
  const words = useWords(customerWords)
  const kind = words.entryKinds[entry.kind] ?? entry.kind
  const name = entry.name ? (words.categories[entry.name] ?? entry.name) : ''
  const channel = entry.channel ? (words.channels[entry.channel] ?? entry.channel) : ''
  const title = [kind, name].filter(Boolean).join(' · ')
  const minus = entry.direction === 'out' ? -1 : 1
  const system = words.systems[entry.source] ?? entry.source
  const notes = [entry.product_name ?? entry.product_no, channel === system ? '' : channel, system].filter(Boolean)
  return (
    <li className={`lk-moment lk-moment-${entry.kind}`}>
      <i aria-hidden />
      <div className="lk-moment-head">
        <span>{title}</span>
        {entry.amount !== null && <Money minor={entry.amount * minus} currency={entry.currency ?? 'CNY'} sign />}
      </div>
      {isTelling(entry.text, name) && <div className="lk-quote lk-small">{entry.text}</div>}
      <div className="lk-moment-text">
        <DateText at={entry.at} time /> · {notes.join(' · ')}
      </div>
    </li>
  )
}
