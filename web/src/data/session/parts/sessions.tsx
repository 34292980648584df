import { App, Button } from 'antd'
import { StatusTag } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { useEndSession, useSessions } from '../queries'
import type { SessionRow } from '../wire'
import { sessionWords } from '../words'

/** Where I am signed in, and a way to end it. */
export function SessionsPanel() {
  const words = useWords(sessionWords)
  const lang = useLang()
  const { message } = App.useApp()
  const sessions = useSessions()
  const end = useEndSession()
  const stop = (id: string) =>
    end.mutate(id, {
      onSuccess: () => void message.success(words.ended),
      onError: (error) => void message.error(sentence(error, lang)),
    })
  const columns: Column<SessionRow>[] = [
    { key: 'agent', title: words.device, render: (row) => device(row.agent), card: 'title' },
    { key: 'address', title: words.address, render: (row) => row.address },
    { key: 'started', title: words.startedAt, render: (row) => <DateText at={row.created_at} time /> },
    { key: 'seen', title: words.lastSeen, render: (row) => <DateText at={row.last_seen_at} time /> },
    {
      key: 'end',
      title: '',
      align: 'right',
      card: 'figure',
      render: (row) =>
        row.current ? (
          <StatusTag tone="good">{words.current}</StatusTag>
        ) : (
          <Button size="small" onClick={() => stop(row.id)}>
            {words.end}
          </Button>
        ),
    },
  ]
  return (
    <Panel title={words.sessions} extra={words.sessionsHint} flush className="lk-span-12">
      <DataTable
        label={words.sessions}
        rows={{ items: sessions.data, error: sessions.error, isPending: sessions.isPending, refetch: sessions.refetch }}
        columns={columns}
        rowKey={(row) => row.id}
      />
    </Panel>
  )
}

/** The browser and system a person recognises, from the long text browsers send. */
export function device(agent: string): string {
  const browser = /Edg/.test(agent)
    ? 'Edge'
    : /Firefox/.test(agent)
      ? 'Firefox'
      : /Chrome|Chromium/.test(agent)
        ? 'Chrome'
        : /Safari/.test(agent)
          ? 'Safari'
          : agent.slice(0, 24)
  const system = /Android/.test(agent)
    ? 'Android'
    : /iPhone|iPad/.test(agent)
      ? 'iOS'
      : /Windows/.test(agent)
        ? 'Windows'
        : /Mac OS/.test(agent)
          ? 'macOS'
          : /Linux/.test(agent)
            ? 'Linux'
            : ''
  return [browser, system].filter(Boolean).join(' · ') || '—'
}
