import { App, Button, Form } from 'antd'
import { useEffect, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { Loaded } from '@/kit/faces'
import { useLang, useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { draftOf, fieldsOf, freshFields, type TagFields } from './draft'
import { TagForm } from './parts/form'
import { TrialPanel } from './parts/trial'
import { useSaveTag, useTables, useTag } from './queries'
import type { Draft, SourceTable } from './wire'
import { tagWords } from './words'

const pause = 350

/** A new tag, or the next version of one: the definition on the left, what it gives on the right. */
export function TagEditPage() {
  const words = useWords(tagWords)
  const { code = '' } = useParams()
  const tag = useTag(code)
  const tables = useTables()
  const back = code
    ? { to: `/tags/${code}`, label: tag.data?.definition.name ?? code }
    : { to: '/tags', label: words.title }
  return (
    <Page title={code ? words.changeTitle : words.addTitle} note={words.editNote} back={back}>
      <Loaded query={tables}>
        {(known) =>
          code ? (
            <Loaded query={tag}>
              {(found) => <Editor tables={known} initial={fieldsOf(found.definition)} base={found.newest_version} />}
            </Loaded>
          ) : (
            <Editor tables={known} initial={freshFields} base={null} />
          )
        }
      </Loaded>
    </Page>
  )
}

interface EditorProps {
  tables: SourceTable[]
  initial: TagFields
  base: number | null
}

function Editor({ tables, initial, base }: EditorProps) {
  const words = useWords(tagWords)
  const lang = useLang()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const [form] = Form.useForm<TagFields>()
  const save = useSaveTag(base)
  const draft = useDraft(form, initial)
  const submit = (fields: TagFields) =>
    save.mutate(draftOf(fields), {
      onSuccess: (tag) => {
        void message.success(words.savedDraft)
        void navigate(`/tags/${tag.code}`)
      },
      onError: (error) => void message.error(sentence(error, lang)),
    })
  return (
    <div className="lk-grid">
      <Panel title={words.definition} className="lk-span-6">
        <Form<TagFields>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={initial}
          onFinish={submit}
          scrollToFirstError
        >
          <TagForm tables={tables} fixed={base !== null} />
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {words.saveDraft}
          </Button>
        </Form>
      </Panel>
      <Panel title={words.trial} className="lk-span-6">
        <TrialPanel draft={draft} />
      </Panel>
    </div>
  )
}

/** The draft as it is typed, once typing rests; null while something needed is missing. */
function useDraft(form: ReturnType<typeof Form.useForm<TagFields>>[0], initial: TagFields): Draft | null {
  const fields = Form.useWatch([], form) as TagFields | undefined
  const [settled, setSettled] = useState<Draft | null>(null)
  const text = JSON.stringify(fields ?? initial)
  useEffect(() => {
    const timer = setTimeout(() => {
      const typed = { ...initial, ...(JSON.parse(text) as TagFields) }
      setSettled(
        typed.from === 'table' ? (typed.table ? draftOf(typed) : null) : typed.expression ? draftOf(typed) : null,
      )
    }, pause)
    return () => clearTimeout(timer)
  }, [text, initial])
  return settled
}
