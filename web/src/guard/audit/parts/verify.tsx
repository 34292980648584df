import { SafetyOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
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
  const [started, setStarted] = useState('')
  const told = useRef('')
  useEffect(() => {
    if (!verification || running || verification.id !== started || told.current === started) return
    told.current = started
    void client.invalidateQueries({ queryKey: ['audit', 'verifications'] })
    if (verification.sound) void message.success(words.soundTold(verification.size ?? 0))
    else void message.error(words.unsound(verification.faults_total))
  }, [verification, running, started, client, message, words])
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
      onClick={() =>
        verify.mutate(undefined, {
          onSuccess: (begun) => setStarted(begun.id),
          onError: (error) => void message.error(sentence(error, lang)),
        })
      }
    >
      {words.verifyNow}
    </Button>
  )
}
