import { Input } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useEffect, useRef, useState } from 'react'
import { prepareRuleGroup, type RuleGroupType } from 'react-querybuilder'
import { ApiError } from '@/api/errors'
import { Percent } from '@/kit/figure'
import { count } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { useCount } from '../queries'
import { emptyGroup, leaves, toQuery, toText, type Node } from '../tree'
import type { Counted, Words } from '../wire'
import { segmentWords } from '../words'
import { Builder } from './builder'
import { ErrorPlace } from './place'

interface ConditionsProps {
  text: string
  purpose: string
  known: Words
  onText: (text: string) => void
}

const pauseMs = 120

/** A value that follows another after a short pause in typing. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pauseMs)
    return () => clearTimeout(timer)
  }, [value])
  return paused
}

/** One condition in three forms: tree, sentence and text. Whichever is edited, the others follow. */
export function Conditions({ text, purpose, known, onText }: ConditionsProps) {
  const words = useWords(segmentWords)
  const asked = usePaused(text)
  const counted = useCount(asked, purpose)
  const [query, setQuery] = useState<RuleGroupType>(emptyGroup)
  const [built, setBuilt] = useState('')
  const fresh = counted.data && !counted.isPlaceholderData ? counted.data : undefined
  // The tree follows the text when the text was not made by the tree.
  const [followed, setFollowed] = useState<Counted | undefined>(undefined)
  if (fresh && fresh !== followed && asked === text) {
    setFollowed(fresh)
    if (text !== built) {
      setQuery(prepareRuleGroup(toQuery(fresh.tree as unknown as Node)))
      setBuilt(text)
    }
  }
  const change = (next: RuleGroupType) => {
    const written = toText(next, known)
    setQuery(next)
    // The builder reports its own numbering of conditions too: what says the same must not write over the text.
    if (written === toText(query, known)) return
    setBuilt(written)
    onText(written)
  }
  const writing = useRef<TextAreaRef>(null)
  const go = (place: number) => {
    const area = writing.current?.resizableTextArea?.textArea
    area?.focus()
    area?.setSelectionRange(place - 1, place)
  }
  const wrongAt = counted.error && asked === text ? placeOf(counted.error) : null
  const parts = fresh && built === text && leaves(query).length === fresh.parts.length ? fresh.parts : []
  return (
    <div className="seg-editor">
      <Panel title={words.conditions} className="seg-tree">
        <Builder
          query={query}
          known={known}
          purpose={purpose}
          counts={parts.map((part) => part.customers)}
          onChange={change}
        />
      </Panel>
      <div className="seg-side">
        <CountBar counted={text.trim() ? counted.data : undefined} busy={counted.isFetching} error={counted.error} />
        <Panel title={words.ruleText}>
          <Input.TextArea
            ref={writing}
            className="lk-editor"
            value={text}
            autoSize={{ minRows: 4, maxRows: 14 }}
            placeholder={words.textHint}
            aria-label={words.ruleText}
            status={counted.error ? 'error' : ''}
            aria-invalid={Boolean(counted.error)}
            onChange={(event) => onText(event.target.value)}
          />
          {wrongAt !== null && <ErrorPlace text={asked} place={wrongAt} onGo={go} />}
        </Panel>
      </div>
    </div>
  )
}

/** The live count, the sentence, and what is wrong where. */
function CountBar({ counted, busy, error }: { counted: Counted | undefined; busy: boolean; error: unknown }) {
  const words = useWords(segmentWords)
  const lang = useLang()
  return (
    <section className="lk-panel seg-count" aria-live="polite" aria-busy={busy}>
      {error ? (
        <p className="seg-fault">{sentence(error, lang)}</p>
      ) : counted ? (
        <>
          <div className="seg-count-main">
            <b data-testid="segment-count">{count(counted.customers)}</b>
            <span>
              {words.reachable} <b>{count(counted.reachable)}</b>
            </span>
          </div>
          <div className="seg-soft">
            {counted.base > 0 && words.ofBase}{' '}
            <Percent ratio={counted.base > 0 ? counted.customers / counted.base : null} digits={2} /> ·{' '}
            {words.asOfDay(counted.as_of)}
          </div>
          <p className="seg-says">{counted.sentence}</p>
        </>
      ) : (
        <p className="seg-soft">{busy ? words.counting : words.countHint}</p>
      )}
    </section>
  )
}

/** Where in the text an error points, from 1. */
export function placeOf(error: unknown): number | null {
  if (!(error instanceof ApiError)) return null
  const place = (error.problem.facts as { position?: unknown } | undefined)?.position
  return typeof place === 'number' ? place : null
}
