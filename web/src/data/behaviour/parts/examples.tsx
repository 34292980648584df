import { Tag, Tooltip } from 'antd'
import { useWords } from '@/kit/lang'
import type { Offer, Query } from '../wire'
import { behaviourWords } from '../words'

/** The questions Liuke comes with; one click asks it. */
export function Examples({ offer, asked, onAsk }: { offer: Offer; asked: Query; onAsk: (query: Query) => void }) {
  const words = useWords(behaviourWords)
  const now = JSON.stringify(asked)
  return (
    <div className="lk-row" role="group" aria-label={words.examples}>
      <span className="lk-soft">{words.examples}</span>
      {offer.examples.map((one) => (
        <Tooltip key={one.code} title={one.note}>
          <Tag.CheckableTag checked={JSON.stringify(one.query) === now} onChange={() => onAsk(one.query)}>
            {one.title}
          </Tag.CheckableTag>
        </Tooltip>
      ))}
    </div>
  )
}
