import { Alert } from 'antd'
import { Fact, Facts } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Money } from '@/kit/money'
import { Panel } from '@/kit/page'
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
  const figures: [name: string, minor: number][] = [
    [words.aum, sums.aum],
    [words.loans, sums.loans],
    [words.card, sums.card_balance],
  ]
  return (
    <Panel
      title={words.sums}
      extra={<span className="lk-small lk-faint">{words.sumsNote(sums.counted, sums.members)}</span>}
    >
      <div className="lk-stack">
        <Facts columns={3}>
          {figures.map(([name, minor]) => (
            <Fact key={name} name={name}>
              <span className="lk-big">
                <Money minor={minor} />
              </span>
            </Fact>
          ))}
        </Facts>
        {parts.length > 0 && <Split parts={parts} label={words.products} />}
        <p className="lk-small lk-faint">
          {words.asOf} <DateText at={sums.as_of} />
        </p>
        {device && <Alert type="warning" showIcon title={words.deviceNote} />}
      </div>
    </Panel>
  )
}
