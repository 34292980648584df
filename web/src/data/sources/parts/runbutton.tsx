import { CloudUploadOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Progress } from 'antd'
import { useEffect, useState } from 'react'
import { useMay } from '@/kit/actor'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useRun, useRunProgress } from '../queries'
import { sourceWords } from '../words'

/** Start a load and follow it to its end; without a name, of all sources. */
export function RunButton({ source = '' }: { source?: string }) {
  const words = useWords(sourceWords)
  const lang = useLang()
  const { message } = App.useApp()
  const may = useMay('source.run')
  const [runId, setRunId] = useState<string | null>(null)
  const run = useRun()
  const progress = useRunProgress(runId)
  const ended = progress.data && progress.data.state !== 'running' ? progress.data : null
  useEnded(ended?.state, ended?.message, () => setRunId(null))
  if (!may) return null
  const start = () =>
    run.mutate(source, {
      onSuccess: (started) => setRunId(started.run_id),
      onError: (error) => void message.error(sentence(error, lang)),
    })
  if (runId) {
    const share = Math.round((progress.data?.fraction ?? 0) * 100)
    return (
      <span className="lk-run" aria-live="polite">
        <span className="lk-small lk-soft">{progress.data?.message || words.running}</span>
        <Progress percent={share} size="small" status="active" />
      </span>
    )
  }
  return (
    <Button type="primary" icon={<CloudUploadOutlined />} loading={run.isPending} onClick={start}>
      {source ? words.run : words.runAll}
    </Button>
  )
}

/** Say how a run ended, and ask for fresh figures. */
function useEnded(state: string | undefined, text: string | undefined, done: () => void) {
  const words = useWords(sourceWords)
  const { message } = App.useApp()
  const client = useQueryClient()
  useEffect(() => {
    if (!state) return
    if (state === 'done') void message.success(words.runDone)
    else void message.error(text || words.runFailed)
    void client.invalidateQueries({ queryKey: ['sources'] })
    done()
    // Once per end of a run, not per new function.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [state])
}
