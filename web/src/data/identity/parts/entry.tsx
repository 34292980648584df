import { Alert, App, Button, Drawer, Form, Input, Table } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { count } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { size } from '@/kit/tokens'
import { useUndo } from '../queries'
import { signed } from '../waterfall'
import type { Entry } from '../wire'
import { identityWords } from '../words'
import { kindTones } from './journal'
import { SystemKey } from './reviews'

/** One journal entry: its evidence, the numbers it changed, and a way back. */
export function EntryDrawer({ entry, onClose }: { entry: Entry | null; onClose: () => void }) {
  const words = useWords(identityWords)
  const may = useMay('identity.decide')
  return (
    <Drawer
      open={entry !== null}
      title={entry && `${words.entry} ${count(entry.seq)}`}
      size={size.drawerWide}
      onClose={onClose}
    >
      {entry && (
        <div className="lk-stack">
          <EntryFacts entry={entry} />
          <Changes entry={entry} />
          {may && entry.can_undo && <Undo entry={entry} onDone={onClose} />}
        </div>
      )}
    </Drawer>
  )
}

function EntryFacts({ entry }: { entry: Entry }) {
  const words = useWords(identityWords)
  return (
    <Facts>
      <Fact name={words.entry}>
        <span className="lk-row">
          <StatusTag tone={kindTones[entry.kind]}>{words.kinds[entry.kind]}</StatusTag>
          {entry.undone_by && <StatusTag>{words.undone}</StatusTag>}
          {entry.undoes && <StatusTag>{words.undoes}</StatusTag>}
        </span>
      </Fact>
      <Fact name={words.at}>
        <DateText at={entry.at} time />
      </Fact>
      <Fact name={words.who}>{entry.actor_id.startsWith('system') ? words.system : entry.actor_name}</Fact>
      {entry.weight !== null && <Fact name={words.weight}>{signed(entry.weight)}</Fact>}
      <Fact name={words.records}>{count(entry.records)}</Fact>
      <Fact name={words.reason}>{entry.reason || '—'}</Fact>
    </Facts>
  )
}

const pageSize = 20

function Changes({ entry }: { entry: Entry }) {
  const words = useWords(identityWords)
  if (entry.changes.length === 0) return null
  return (
    <section>
      <h3>{words.changes}</h3>
      <Table
        size="small"
        rowKey={(row) => `${row.source}|${row.source_key}`}
        dataSource={entry.changes}
        pagination={entry.changes.length > pageSize ? { pageSize, size: 'small' } : false}
        columns={[
          { title: words.record, render: (_, row) => <SystemKey source={row.source} sourceKey={row.source_key} /> },
          { title: words.before, dataIndex: 'before', render: (no: string | null) => no ?? '—' },
          { title: words.after, dataIndex: 'after', render: (no: string | null) => no ?? '—' },
        ]}
      />
    </section>
  )
}

const shortest = 4
const longest = 500

function Undo({ entry, onDone }: { entry: Entry; onDone: () => void }) {
  const words = useWords(identityWords)
  const lang = useLang()
  const { message } = App.useApp()
  const [asking, setAsking] = useState(false)
  const undo = useUndo()
  const submit = ({ reason }: { reason: string }) =>
    undo.mutate(
      { id: entry.id, reason: reason.trim() },
      {
        onSuccess: () => {
          void message.success(words.undoDone)
          onDone()
        },
      },
    )
  if (!asking) {
    return (
      <div>
        <Button danger onClick={() => setAsking(true)}>
          {words.undo}
        </Button>
      </div>
    )
  }
  return (
    <Form<{ reason: string }> layout="vertical" requiredMark={false} onFinish={submit}>
      <Form.Item>
        <Alert type="warning" showIcon title={words.undoTitle} description={words.undoHint} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={words.reason}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.reasonNeeded }]}
      >
        <Input.TextArea autoFocus rows={2} maxLength={longest} showCount />
      </Form.Item>
      {undo.error && (
        <Form.Item>
          <Alert type="error" showIcon title={sentence(undo.error, lang)} />
        </Form.Item>
      )}
      <Button danger type="primary" htmlType="submit" loading={undo.isPending}>
        {words.undo}
      </Button>
    </Form>
  )
}
