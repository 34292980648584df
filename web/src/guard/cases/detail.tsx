import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useMay } from '@/kit/actor'
import { Fact, Facts } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { bytes } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { CaseState } from './page'
import { useDecideCase, useDossier, useNote, usePropose } from './queries'
import type { Disposition, Dossier } from './wire'
import { caseWords } from './words'

const dispositions: Disposition[] = ['confirmed', 'dismissed', 'monitored', 'referred', 'reported']
type Act = 'note' | 'propose' | 'agree' | 'return'

/** One case: what it is about, its diary and files, and the two pairs of eyes that close it. */
export function CasePage() {
  const words = useWords(caseWords)
  const { no = '' } = useParams()
  const query = useDossier(no)
  const mayWork = useMay('case.work')
  const mayClose = useMay('case.close')
  const [act, setAct] = useState<Act | null>(null)
  const state = query.data?.case.state
  const button = (name: Act, primary = false) => (
    <Button key={name} {...(primary ? { type: 'primary' as const } : {})} onClick={() => setAct(name)}>
      {words.acts[name]}
    </Button>
  )
  const actions = [
    mayWork && state && state !== 'closed' && button('note'),
    mayWork && (state === 'open' || state === 'working') && button('propose', true),
    mayClose && state === 'proposed' && button('return'),
    mayClose && state === 'proposed' && button('agree', true),
  ]
  return (
    <Page title={query.data?.case.title ?? no} back={{ to: '/cases', label: words.title }} actions={actions}>
      <Loaded query={query}>{(dossier) => <View dossier={dossier} />}</Loaded>
      {act && <ActDrawer no={no} act={act} onClose={() => setAct(null)} />}
    </Page>
  )
}

function View({ dossier }: { dossier: Dossier }) {
  const words = useWords(caseWords)
  const one = dossier.case
  return (
    <div className="lk-grid">
      <Panel title={one.case_no} extra={<CaseState one={one} />} className="lk-span-5">
        <Facts columns={2}>
          <Fact name={words.kind}>{words.kinds[one.kind]}</Fact>
          <Fact name={words.priority}>{words.priorities[one.priority]}</Fact>
          <Fact name={words.assignee}>{one.assignee_name ?? words.nobody}</Fact>
          <Fact name={words.due}>
            <DateText at={one.due_at} time />
          </Fact>
          {one.customer_no && (
            <Fact name={words.customer}>
              <Link to={`/customers/${one.customer_no}`}>{one.customer_no}</Link>
            </Fact>
          )}
          {one.disposition && <Fact name={words.disposition}>{words.dispositions[one.disposition]}</Fact>}
        </Facts>
        {one.summary && <p className="lk-quote lk-foot-space">{one.summary}</p>}
        {dossier.attachments.length > 0 && (
          <ul className="lk-lines lk-foot-space">
            {dossier.attachments.map((file) => (
              <li key={file.id} className="lk-row-between">
                <a href={`/api/cases/${one.case_no}/attachments/${file.id}`}>{file.name}</a>
                <span className="lk-small lk-faint">{bytes(file.bytes)}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={words.diary} className="lk-span-7">
        <ul>
          {dossier.notes.map((note, place) => (
            <li key={place} className="lk-moment">
              <i />
              <div className="lk-moment-head">
                <b>{words.steps[note.step]}</b>
                <span className="lk-small lk-faint">
                  {note.by_name ?? words.system} · <DateText at={note.at} time />
                </span>
              </div>
              <div className="lk-moment-text">{note.words}</div>
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  )
}

interface Fields {
  disposition: Disposition
  words: string
}

function ActDrawer({ no, act, onClose }: { no: string; act: Act; onClose: () => void }) {
  const words = useWords(caseWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const note = useNote(no)
  const propose = usePropose(no)
  const decide = useDecideCase(no)
  const told = {
    onSuccess: () => {
      void message.success(words.done)
      onClose()
    },
  }
  const submit = (fields: Fields) => {
    if (act === 'note') note.mutate(fields.words, told)
    else if (act === 'propose') propose.mutate({ disposition: fields.disposition, words: fields.words }, told)
    else decide.mutate({ agreed: act === 'agree', words: fields.words }, told)
  }
  return (
    <FormDrawer<Fields>
      open
      title={words.acts[act]}
      form={form}
      initial={{ disposition: 'confirmed' }}
      busy={note.isPending || propose.isPending || decide.isPending}
      error={note.error ?? propose.error ?? decide.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {act === 'propose' && (
        <Form.Item name="disposition" label={words.disposition} extra={words.fourEyes}>
          <Select options={dispositions.map((value) => ({ value, label: words.dispositions[value] }))} />
        </Form.Item>
      )}
      <Form.Item
        name="words"
        label={words.why}
        rules={[{ required: true, whitespace: true, min: 2, max: 2000, message: words.needed }]}
      >
        <Input.TextArea autoFocus rows={4} />
      </Form.Item>
    </FormDrawer>
  )
}
