import { MinusOutlined, OneToOneOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { fontsReady } from '@/kit/fonts'
import { useWords } from '@/kit/lang'
import { usePreferences } from '@/kit/preferences'
import { seriesColours } from '@/kit/tokens'
import { families } from '../look'
import type { Picture } from '../wire'
import { graphWords } from '../words'
import type { Drawn } from './draw'

const step = 1.25

interface CanvasProps {
  picture: Picture
  onParty: (key: string) => void
  onLine: (id: string) => void
}

/** The picture of relations. Everything it says stands in the list beside it too. */
export function GraphCanvas({ picture, onParty, onLine }: CanvasProps) {
  const words = useWords(graphWords)
  const { mode } = usePreferences()
  const host = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState<Drawn | null>(null)
  const act = useRef({ onParty, onLine })
  useEffect(() => {
    act.current = { onParty, onLine }
  })
  useEffect(() => {
    let gone = false
    let made: Drawn | null = null
    const texts = picture.parties.map((party) => party.name ?? '').join('')
    void Promise.all([import('./draw'), fontsReady(texts + words.others)]).then(async ([library]) => {
      if (gone || !host.current) return
      const data = library.dataOf(picture, words, mode)
      const party = (key: string) => act.current.onParty(key)
      const line = (id: string) => act.current.onLine(id)
      made = await library.draw(host.current, data, picture.start, party, line)
      if (gone) made.destroy()
      else setDrawn(made)
    })
    return () => {
      gone = true
      made?.destroy()
      setDrawn(null)
    }
  }, [picture, words, mode])
  useEffect(() => {
    if (!drawn || !host.current) return undefined
    const watch = new ResizeObserver(() => drawn.resize())
    watch.observe(host.current)
    return () => watch.disconnect()
  }, [drawn])
  const label = words.pictureLabel(picture.parties.length, picture.relations.length)
  return (
    <div className="lk-graph">
      <div ref={host} className="lk-graph-canvas" role="img" aria-label={label} />
      <div className="lk-graph-tools">
        <Tool name={words.larger} icon={<PlusOutlined />} onClick={() => drawn?.zoom(step)} />
        <Tool name={words.smaller} icon={<MinusOutlined />} onClick={() => drawn?.zoom(1 / step)} />
        <Tool name={words.fit} icon={<OneToOneOutlined />} onClick={() => drawn?.fit()} />
      </div>
      <Legend picture={picture} />
    </div>
  )
}

function Tool({ name, icon, onClick }: { name: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Tooltip title={name} placement="left">
      <Button size="small" icon={icon} aria-label={name} onClick={onClick} />
    </Tooltip>
  )
}

/** Which colour stands for which relations, of those in the picture. */
function Legend({ picture }: { picture: Picture }) {
  const words = useWords(graphWords)
  const { mode } = usePreferences()
  const present = useMemo(() => new Set(picture.relations.map((one) => one.kind)), [picture])
  return (
    <ul className="lk-legend lk-graph-legend" aria-label={words.legend}>
      {families.map((family, index) => {
        const kinds = family.kinds.filter((kind) => present.has(kind))
        if (kinds.length === 0) return null
        return (
          <li key={family.key}>
            <i style={{ background: seriesColours[mode][index] }} />
            <span>{kinds.map((kind) => words.relationKinds[kind]).join(' · ')}</span>
          </li>
        )
      })}
    </ul>
  )
}
