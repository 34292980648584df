import { useEffect, useRef, useState, type ReactNode } from 'react'
import { fontsReady } from './fonts'
import { useWords } from './lang'
import { usePreferences } from './preferences'
import { Empty } from './faces'
import type { EChartsOption, Drawing } from './echarts'
import { kitWords } from './words'

interface ChartProps {
  option: EChartsOption
  /** What a screen reader says instead of the drawing. */
  label: string
  empty?: boolean
  tall?: 'small' | 'normal' | 'tall'
  unit?: ReactNode
  asOf?: ReactNode
  definition?: ReactNode
}

/** A chart with its unit, date and definition under it. The library arrives with the first chart. */
export function Chart({ option, label, empty = false, tall = 'normal', unit, asOf, definition }: ChartProps) {
  const words = useWords(kitWords)
  return (
    <figure className="lk-chart">
      {empty ? <Empty small title={words.chartEmpty} /> : <Canvas option={option} label={label} tall={tall} />}
      {(unit ?? asOf ?? definition) && (
        <figcaption>
          {unit && (
            <span>
              {words.unit} {unit}
            </span>
          )}
          {asOf && (
            <span>
              {words.asOf} {asOf}
            </span>
          )}
          {definition && (
            <span>
              {words.definition} {definition}
            </span>
          )}
        </figcaption>
      )}
    </figure>
  )
}

function Canvas({ option, label, tall }: { option: EChartsOption; label: string; tall: 'small' | 'normal' | 'tall' }) {
  const { mode } = usePreferences()
  const host = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  useEffect(() => {
    let gone = false
    let made: Drawing | null = null
    void Promise.all([import('./echarts'), fontsReady(label + JSON.stringify(option))]).then(([library]) => {
      if (gone || !host.current) return
      made = library.draw(host.current, mode)
      setDrawing(made)
    })
    return () => {
      gone = true
      made?.dispose()
      setDrawing(null)
    }
    // A new theme needs a new instance; new data does not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mode])
  useEffect(() => {
    if (!drawing || !host.current) return undefined
    drawing.setOption(option, { notMerge: true })
    const watch = new ResizeObserver(() => drawing.resize())
    watch.observe(host.current)
    return () => watch.disconnect()
  }, [drawing, option])
  return <div ref={host} className={`lk-canvas lk-canvas-${tall}`} role="img" aria-label={label} />
}
