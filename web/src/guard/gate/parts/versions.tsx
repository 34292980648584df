import { App, Button, Drawer } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { StatusTag, type Tone } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { DataTable, type Column } from '@/kit/table'
import { size } from '@/kit/tokens'
import { usePolicies, usePublish, useReject } from '../queries'
import type { Policy } from '../wire'
import { gateWords } from '../words'
import { PolicyView } from './policy'

const tones: Record<Policy['state'], Tone> = { draft: 'warn', published: 'good', rejected: 'neutral' }

/** Versions of the policy; a draft is published by somebody else than who wrote it. */
export function Versions() {
  const words = useWords(gateWords)
  const lang = useLang()
  const { message } = App.useApp()
  const may = useMay('gate.edit')
  const [opened, setOpened] = useState<Policy | null>(null)
  const publish = usePublish()
  const reject = useReject()
  const rows = usePolicies()
  const columns: Column<Policy>[] = [
    {
      key: 'version',
      title: words.version,
      card: 'title',
      render: (row) => <b>{words.policyVersion(row.version)}</b>,
    },
    {
      key: 'state',
      title: words.state,
      card: 'badge',
      render: (row) => (
        <StatusTag tone={tones[row.state]} dot>
          {words.states[row.state]}
        </StatusTag>
      ),
    },
    { key: 'note', title: words.noteLabel, render: (row) => row.note || '—' },
    { key: 'drafted', title: words.draftedAt, render: (row) => <DateText at={row.drafted_at} time /> },
    { key: 'decided', title: words.decidedAt, render: (row) => <DateText at={row.decided_at} time /> },
  ]
  const told = (text: string) => ({
    onSuccess: () => {
      void message.success(text)
      setOpened(null)
    },
    onError: (error: unknown) => void message.error(sentence(error, lang)),
  })
  const acts = opened?.state === 'draft' && may && (
    <div className="lk-drawer-foot">
      <Button loading={reject.isPending} onClick={() => reject.mutate(opened.version, told(words.rejected))}>
        {words.reject}
      </Button>
      <Button
        type="primary"
        loading={publish.isPending}
        onClick={() => publish.mutate(opened.version, told(words.published))}
      >
        {words.publish}
      </Button>
    </div>
  )
  return (
    <Panel flush>
      <DataTable
        label={words.tabs['versions'] ?? ''}
        rows={rows}
        columns={columns}
        rowKey={(row) => String(row.version)}
        keyboard
        onOpen={setOpened}
      />
      <Drawer
        open={opened !== null}
        title={opened ? words.policyVersion(opened.version) : ''}
        size={size.drawerWide}
        onClose={() => setOpened(null)}
        footer={acts || null}
      >
        {opened && (
          <>
            {opened.state === 'draft' && <p className="lk-soft">{words.fourEyes}</p>}
            <PolicyView policy={opened} />
          </>
        )}
      </Drawer>
    </Panel>
  )
}
