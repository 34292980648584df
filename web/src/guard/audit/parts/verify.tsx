import { SafetyOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Progress } from 'antd'
import { useEffect, useRef } from 'react'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useVerify } from '../queries'
import type { Verification } from '../wire'
import { auditWords } from '../words'

/** Verify the whole log now, and follow it to its end. */
export function VerifyButton({ verification }: { verification: Verification | null }) {
  const words = useWords(auditWords)
  const lang = useLang()
  const { message } = App.useApp()
  const client = useQueryClient()
  const verify = useVerify()
  const running = verification?.state === 'running'
  const watched = useRef(false)
  useEffect(() => {
    if (running) {
      watched.current = true
      return
    }
    if (!watched.current) return
    watched.current = false
    void client.invalidateQueries({ queryKey: ['audit', 'verifications'] })
    if (verification?.sound) void message.success(words.soundTold(verification.size ?? 0))
    else void message.error(words.unsound(verification?.faults_total ?? 0))
    // Once per end of a verification.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [running])
  if (running) {
    return (
      <span className="lk-run" aria-live="polite">
        <span className="lk-small lk-soft">{words.running}</span>
        <Progress percent={Math.round(verification.fraction * 100)} size="small" status="active" />
      </span>
    )
  }
  return (
    <Button
      type="primary"
      icon={<SafetyOutlined />}
      loading={verify.isPending}
      onClick={() => verify.mutate(undefined, { onError: (error) => void message.error(sentence(error, lang)) })}
    >
      {words.verifyNow}
    </Button>
  )
}
