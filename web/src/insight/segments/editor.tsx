import { App, Button, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { Loaded } from '@/kit/faces'
import { useLang, useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { Conditions } from './parts/conditions'
import { useCreate, useSave, useSegment, useSegmentWords, useTemplates } from './queries'
import type { SegmentIn, Words } from './wire'
import { segmentWords } from './words'
import './segments.css'

interface Start {
  id: number | null
  version: number
  draft: SegmentIn
}

const blank: SegmentIn = {
  name: '',
  rule_text: '',
  purpose: 'service',
  meaning: '',
  note: '',
  live: false,
  strategy: [],
  template: '',
}

/** 客群编辑: the condition tree beside its sentence and its text, counted on every keystroke. */
export function SegmentEditorPage() {
  const words = useWords(segmentWords)
  const { id } = useParams()
  const [address] = useSearchParams()
  const number = id === undefined ? null : Number(id)
  const template = address.get('template')
  const vocabulary = useSegmentWords()
  const held = useSegment(number ?? 0, number !== null)
  const templates = useTemplates()
  const back = number === null ? { to: '/segments', label: words.back } : { to: `/segments/${id}`, label: words.back }
  const start = (): Start | null => {
    if (number !== null) {
      const found = held.data?.segment
      return found
        ? { id: number, version: found.version, draft: { ...found, note: '', strategy: [...found.strategy] } }
        : null
    }
    if (!template) return { id: null, version: 0, draft: blank }
    const chosen = templates.data?.find((one) => one.key === template)
    return chosen ? { id: null, version: 0, draft: { ...blank, ...fromTemplate(chosen) } } : null
  }
  const begin = start()
  const title = number === null ? words.editorNew : words.editorEdit(held.data?.segment.name ?? '')
  return (
    <Page title={title} back={back}>
      <Loaded query={vocabulary}>
        {(known) =>
          begin ? (
            <Editor key={`${begin.id}-${begin.version}-${template ?? ''}`} start={begin} known={known} />
          ) : (
            <Waiting query={number !== null ? held : templates} />
          )
        }
      </Loaded>
    </Page>
  )
}

/** What has not come yet, or could not. */
function Waiting({ query }: { query: { data: unknown; error: unknown; isPending: boolean; refetch: () => unknown } }) {
  return <Loaded query={query}>{() => null}</Loaded>
}

function fromTemplate(one: {
  key: string
  name: string
  rule_text: string
  purpose: string
  meaning: string
  strategy: string[]
}) {
  const { key, name, rule_text, purpose, meaning, strategy } = one
  return { name, rule_text, purpose, meaning, strategy, template: key }
}

const longestName = 40
const longestMeaning = 500

function Editor({ start, known }: { start: Start; known: Words }) {
  const words = useWords(segmentWords)
  const [draft, setDraft] = useState(start.draft)
  const set = (change: Partial<SegmentIn>) => setDraft((before) => ({ ...before, ...change }))
  return (
    <div className="lk-stack">
      <Panel>
        <div className="seg-form">
          <label>
            <span>{words.nameLabel}</span>
            <Input
              value={draft.name}
              maxLength={longestName}
              placeholder={words.namePlaceholder}
              onChange={(event) => set({ name: event.target.value })}
            />
          </label>
          <label>
            <span>{words.purpose}</span>
            <Select
              value={draft.purpose}
              options={known.purposes.map((one) => ({ value: one.value, label: words.purposes[one.value] }))}
              onChange={(purpose: string) => set({ purpose })}
              title={words.purposeHint}
            />
          </label>
          <label className="seg-form-wide">
            <span>{words.meaning}</span>
            <Input
              value={draft.meaning ?? ''}
              maxLength={longestMeaning}
              placeholder={words.meaningPlaceholder}
              onChange={(event) => set({ meaning: event.target.value })}
            />
          </label>
        </div>
      </Panel>
      <Conditions
        text={draft.rule_text}
        purpose={draft.purpose}
        known={known}
        onText={(rule_text) => set({ rule_text })}
      />
      <Panel>
        <div className="seg-form">
          <label className="seg-form-wide">
            <span>{words.noteWord}</span>
            <Input value={draft.note ?? ''} maxLength={200} onChange={(event) => set({ note: event.target.value })} />
          </label>
          <label className="seg-live" title={words.liveHint}>
            <Switch checked={draft.live ?? false} onChange={(live) => set({ live })} />
            <span>{words.liveLabel}</span>
          </label>
          <SaveButton start={start} draft={draft} />
        </div>
      </Panel>
    </div>
  )
}

function SaveButton({ start, draft }: { start: Start; draft: SegmentIn }) {
  const words = useWords(segmentWords)
  const lang = useLang()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const create = useCreate()
  const save = useSave(start.id ?? 0)
  const done = {
    onSuccess: (made: { segment: { id: number } }) => {
      void message.success(words.saved)
      void navigate(`/segments/${made.segment.id}`)
    },
    onError: (error: unknown) => void message.error(sentence(error, lang)),
  }
  const submit = () => {
    if (!draft.name.trim()) return void message.warning(words.nameNeeded)
    if (!draft.rule_text.trim()) return void message.warning(words.ruleNeeded)
    const { name, rule_text, purpose, meaning, note, live, strategy, template } = draft
    const body = { name, rule_text, purpose, meaning, note, live, strategy, template } as SegmentIn
    if (start.id === null) create.mutate(body, done)
    else save.mutate({ ...body, version: start.version }, done)
  }
  return (
    <Button type="primary" loading={create.isPending || save.isPending} onClick={submit}>
      {words.save}
    </Button>
  )
}
