import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useMay } from '@/kit/actor'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { usePreview, useRestingCheck, useSave, useTables } from '../queries'
import { blank, type Definition, type Detail } from '../wire'
import { pipelineWords } from '../words'
import { Columns } from './columns'
import { Form } from './form'
import { PreviewPanel } from './preview'
import { Problems } from './problems'
import { Rules } from './rules'
import { Sql } from './sql'
import { Tables } from './tables'

/** A definition: checked while it is written, previewed, saved as a new version. */
export function Editor({ detail }: { detail: Detail | null }) {
  const words = useWords(pipelineWords)
  const lang = useLang()
  const navigate = useNavigate()
  const { message } = App.useApp()
  const may = useMay('pipeline.edit')
  const before = detail?.definition ?? blank
  const [one, setOne] = useState<Definition>(before)
  const set = (change: Partial<Definition>) => setOne((present) => ({ ...present, ...change }))
  const changed = JSON.stringify(one) !== JSON.stringify(before)
  const check = useRestingCheck(one, changed && one.sql.trim() !== '')
  const looked = changed ? check.data : detail?.check
  const tables = useTables()
  const save = useSave()
  const preview = usePreview()
  const problems = one.sql.trim() ? (looked?.problems ?? []) : []
  const sound = changed && !check.waiting && !!looked && problems.length === 0 && !check.error
  const submit = () =>
    save.mutate(
      { definition: one, base_version: detail?.summary.newest_version ?? 0 },
      {
        onSuccess: () => {
          void message.success(words.saved)
          if (!detail) void navigate(`/pipelines/${encodeURIComponent(one.table)}`)
        },
      },
    )
  return (
    <div className="lk-grid">
      <div className="lk-span-8 lk-stack">
        <Panel title={words.sql} extra={<span className="lk-small lk-faint">{words.sqlHint}</span>}>
          <Sql text={one.sql} readOnly={!may} problems={problems} onChange={(sql) => set({ sql })} />
          <Problems problems={problems} waiting={changed && check.waiting} written={one.sql.trim() !== ''} />
          {save.error && <Alert type="error" showIcon title={sentence(save.error, lang)} />}
          {!may && <p className="lk-small lk-faint">{words.readOnly}</p>}
          {may && (
            <div className="lk-drawer-foot lk-foot-space">
              <Button disabled={!changed} onClick={() => setOne(before)}>
                {words.revert}
              </Button>
              <Button disabled={!one.sql.trim()} loading={preview.isPending} onClick={() => preview.mutate(one)}>
                {words.preview}
              </Button>
              <Button type="primary" disabled={!sound} loading={save.isPending} onClick={submit}>
                {words.save}
              </Button>
            </div>
          )}
        </Panel>
        <PreviewPanel preview={preview} />
        <Columns columns={looked?.columns ?? []} one={one} set={set} readOnly={!may} />
        <Rules one={one} columns={looked?.columns ?? []} set={set} readOnly={!may} />
      </div>
      <div className="lk-span-4 lk-stack">
        <Form
          one={one}
          set={set}
          columns={looked?.columns ?? []}
          inputs={looked?.inputs ?? []}
          tables={tables.data ?? []}
          isNew={!detail}
          readOnly={!may}
        />
        <Tables
          tables={tables.data ?? []}
          onInsert={(text) => set({ sql: one.sql ? `${one.sql.trimEnd()} ${text}` : text })}
          readOnly={!may}
        />
      </div>
    </div>
  )
}
