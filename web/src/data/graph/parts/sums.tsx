import { Alert } from 'antd'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel, Tile, Tiles } from '@/kit/page'
import { Split } from '@/kit/split'
import type { Sums } from '../wire'
import { graphWords } from '../words'

const owed = new Set(['loans', 'card_balance'])

/** What a group has with the bank: AUM and how it is made up, loans, products by holders. */
export function SumsPanel({ sums, device }: { sums: Sums; device: boolean }) {
  const words = useWords(graphWords)
  const parts = sums.products
    .filter((held) => !owed.has(held.kind))
    .map((held) => ({
      name: `${words.productKinds[held.kind] ?? held.kind} · ${words.holders(held.members)}`,
      minor: held.amount,
    }))
  return (
    <Panel
      title={words.sums}
      extra={<span className="lk-small lk-faint">{words.sumsNote(sums.counted, sums.members)}</span>}
    >
      <div className="lk-stack">
        <Tiles>
          <Tile name={words.aum} value={<Money minor={sums.aum} />} />
          <Tile name={words.loans} value={<Money minor={sums.loans} />} />
          <Tile name={words.card} value={<Money minor={sums.card_balance} />} />
        </Tiles>
        {parts.length > 0 && <Split parts={parts} label={words.products} />}
        <p className="lk-small lk-faint">
          {words.asOf} <DateText at={sums.as_of} />
        </p>
        {device && <Alert type="warning" showIcon title={words.deviceNote} />}
      </div>
    </Panel>
  )
}
