import type { ReactNode } from 'react'
import { percent } from './format'
import { Money } from './money'
import { usePreferences } from './preferences'
import { seriesColours } from './tokens'

interface Part {
  name: ReactNode
  minor: number
}

/** How an amount is made up: one bar, and a legend with the figures; empty parts are left out. */
export function Split({ parts, label }: { parts: Part[]; label: string }) {
  const { mode } = usePreferences()
  const shown = parts.filter((part) => part.minor > 0).sort((a, b) => b.minor - a.minor)
  const total = shown.reduce((sum, part) => sum + part.minor, 0)
  const colours = seriesColours[mode]
  const colour = (index: number) => ({ background: colours[index % colours.length] })
  return (
    <div>
      <div className="lk-split" role="img" aria-label={label}>
        {shown.map((part, index) => (
          <i key={index} style={{ ...colour(index), flexGrow: part.minor / total, flexBasis: 0 }} />
        ))}
      </div>
      <ul className="lk-legend">
        {shown.map((part, index) => (
          <li key={index}>
            <i style={colour(index)} />
            <span>{part.name}</span>
            <Money minor={part.minor} />
            <span className="lk-figure">{percent(part.minor / total)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
