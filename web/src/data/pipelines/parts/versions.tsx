import { Select } from 'antd'
import { useState } from 'react'
import { StatusTag } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { dateTime } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useDiff } from '../queries'
import type { Detail } from '../wire'
import { pipelineWords } from '../words'

/** Every version, and what changed between two of them. */
export function Versions({ detail }: { detail: Detail }) {
  const words = useWords(pipelineWords)
  const { name, newest_version: newest, live_version: live } = detail.summary
  const [newer, setNewer] = useState(newest)
  const [old, setOld] = useState(Math.max(1, newest - 1))
  const options = detail.versions.map((one) => ({ value: one.version, label: words.version(one.version) }))
  return (
    <div className="lk-grid">
      <Panel title={words.tabs['versions']} className="lk-span-4">
        <ul className="lk-stack">
          {detail.versions.map((one) => (
            <li key={one.version} className="lk-row-between">
              <span>
                <b>{words.version(one.version)}</b>{' '}
                {one.version === live && <StatusTag tone="good">{words.live}</StatusTag>}
              </span>
              <span className="lk-small lk-faint">
                {one.saved_by.startsWith('system') ? words.system : one.saved_by_name} · {dateTime(one.saved_at)}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel
        title={words.compare}
        className="lk-span-8"
        extra={
          <>
            <Select value={old} options={options} onChange={setOld} aria-label={words.from} />
            <Select value={newer} options={options} onChange={setNewer} aria-label={words.to} />
          </>
        }
      >
        <Difference name={name} old={old} newer={newer} />
      </Panel>
    </div>
  )
}

const faces: Record<string, string> = { '+': 'lk-good', '-': 'lk-bad' }

function Difference({ name, old, newer }: { name: string; old: number; newer: number }) {
  const words = useWords(pipelineWords)
  const query = useDiff(name, old, newer)
  return (
    <Loaded query={query}>
      {(lines) =>
        lines.every((line) => line.sign === ' ') ? (
          <Empty title={words.noChange} small />
        ) : (
          <pre className="lk-pre lk-editor">
            {lines.map((line, at) => (
              <div key={at} className={faces[line.sign] ?? 'lk-faint'}>
                {`${line.sign} ${line.text}`}
              </div>
            ))}
          </pre>
        )
      }
    </Loaded>
  )
}
