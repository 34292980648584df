import { useLang, useWords } from '@/kit/lang'
import { percent } from '@/kit/format'
import type { Contrast } from '../wire'
import { clusterWords } from '../words'
import { inUnit } from './figures'
import './contrast.css'

/** Bars reach their end at so many standard deviations. */
const far = 2.5
const whole = 100

/** How a cluster lies beside the bank: a bar from the middle, and the medians in words. */
export function ContrastBars({ name, contrasts }: { name: string; contrasts: Contrast[] }) {
  const words = useWords(clusterWords)
  const lang = useLang()
  return (
    <div>
      <div className="lk-strong">{words.contrast}</div>
      <ul className="lk-contrasts" aria-label={words.contrastLabel(name)}>
        {contrasts.map((one) => (
          <li key={one.tag} title={one.missing > 0 ? words.missing(percent(one.missing)) : undefined}>
            <span className="lk-contrast-name">{one.label}</span>
            <Bar z={one.z} />
            <span className="lk-contrast-value lk-figure">
              {inUnit(one.median, one.unit, lang)}
              <span className="lk-faint">（{inUnit(one.bank_median, one.unit, lang)}）</span>
            </span>
          </li>
        ))}
      </ul>
      <div className="lk-small lk-faint">{words.contrastHint}</div>
    </div>
  )
}

function Bar({ z }: { z: number }) {
  const width = Math.min(Math.abs(z) / far, 1) * (whole / 2)
  const side = z < 0 ? 'low' : 'high'
  return (
    <span className="lk-contrast-track" aria-hidden>
      <i className={`lk-contrast-bar lk-contrast-${side}`} style={{ width: `${width}%` }} />
      <span className={`lk-contrast-z lk-contrast-z-${side}`}>{`${z > 0 ? '+' : ''}${z.toFixed(1)}`}</span>
    </span>
  )
}
