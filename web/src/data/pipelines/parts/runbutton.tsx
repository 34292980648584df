import { MoreOutlined, SyncOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, DatePicker, Dropdown, Modal, Progress, Space, Button } from 'antd'
import type { Dayjs } from 'dayjs'
import { useEffect, useState } from 'react'
import { useMay } from '@/kit/actor'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useRun, useRunProgress, type Wanted } from '../queries'
import type { Pipeline } from '../wire'
import { pipelineWords } from '../words'

const changed: Wanted = { kind: 'changed', since: null, until: null }

/** Bring a table up to date and follow it to its end: what changed, everything, or a span of partitions. */
export function RunButton({ table }: { table: Pipeline }) {
  const words = useWords(pipelineWords)
  const lang = useLang()
  const { message } = App.useApp()
  const [runId, setRunId] = useState<string | null>(null)
  const [asking, setAsking] = useState(false)
  const run = useRun(table.name)
  const progress = useRunProgress(runId)
  const ended = progress.data && progress.data.state !== 'running' ? progress.data : null
  useEnded(ended?.state, ended?.message, () => setRunId(null))
  if (!useMay('pipeline.edit') || table.live_version === null || table.state === 'retired') return null
  const start = (wanted: Wanted) =>
    run.mutate(wanted, {
      onSuccess: (started) => setRunId(started.run_id),
      onError: (error) => void message.error(sentence(error, lang)),
    })
  if (runId) {
    return (
      <span className="lk-run" aria-live="polite">
        <span className="lk-small lk-soft">{progress.data?.message || words.running}</span>
        <Progress percent={Math.round((progress.data?.fraction ?? 0) * 100)} size="small" status="active" />
      </span>
    )
  }
  const items = [
    { key: 'whole', label: words.runWhole },
    ...(table.partition ? [{ key: 'range', label: words.runRange }] : []),
  ]
  const choose = (key: string) => (key === 'range' ? setAsking(true) : start({ ...changed, kind: 'whole' }))
  return (
    <Space.Compact>
      <Button type="primary" icon={<SyncOutlined />} loading={run.isPending} onClick={() => start(changed)}>
        {words.run}
      </Button>
      <Dropdown menu={{ items, onClick: ({ key }) => choose(key) }}>
        <Button type="primary" icon={<MoreOutlined />} aria-label={words.runWhole} />
      </Dropdown>
      <Span open={asking} onClose={() => setAsking(false)} onSpan={start} />
    </Space.Compact>
  )
}

function Span({ open, onClose, onSpan }: { open: boolean; onClose: () => void; onSpan: (wanted: Wanted) => void }) {
  const words = useWords(pipelineWords)
  const [days, setDays] = useState<[Dayjs | null, Dayjs | null] | null>(null)
  const [since, until] = days ?? [null, null]
  const submit = () => {
    if (!since || !until) return
    onSpan({ kind: 'range', since: since.format('YYYY-MM-DD'), until: until.format('YYYY-MM-DD') })
    onClose()
  }
  return (
    <Modal
      open={open}
      title={words.runRange}
      onCancel={onClose}
      onOk={submit}
      okButtonProps={{ disabled: !since || !until }}
    >
      <DatePicker.RangePicker value={days} onChange={setDays} />
    </Modal>
  )
}

/** Say how a run ended, and ask for fresh figures. */
function useEnded(state: string | undefined, text: string | undefined, done: () => void) {
  const words = useWords(pipelineWords)
  const { message } = App.useApp()
  const client = useQueryClient()
  useEffect(() => {
    if (!state) return
    if (state === 'done') void message.success(words.runDone)
    else void message.error(text || words.runFailed)
    void client.invalidateQueries({ queryKey: ['pipelines'] })
    done()
    // Once per end of a run, not per new function.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [state])
}
