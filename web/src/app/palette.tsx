import { SearchOutlined } from '@ant-design/icons'
import { Input, Modal } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { BlockSkeleton, Fault } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { size } from '@/kit/tokens'
import { useHits, type Hit, type HitGroup } from './hits'
import { appWords } from './words'

/** Search everywhere: customers, products, pages; arrows choose, Enter opens. */
export function Palette({ permissions, onClose }: { permissions: ReadonlySet<string>; onClose: () => void }) {
  const words = useWords(appWords)
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const hits = useHits(text, permissions)
  const flat = hits.groups.flatMap((group) => group.hits)
  const chosen = Math.min(at, Math.max(flat.length - 1, 0))
  const go = (hit: Hit | undefined) => {
    if (!hit) return
    onClose()
    void navigate(hit.path)
  }
  const steer = (event: React.KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt(Math.min(Math.max(chosen + step, 0), flat.length - 1))
    }
    if (event.key === 'Enter') go(flat[chosen])
  }
  return (
    <Modal
      open
      footer={null}
      closable={false}
      width={size.drawer + size.form / 2}
      onCancel={onClose}
      aria-label={words.searchShort}
    >
      <Input
        size="large"
        autoFocus
        allowClear
        value={text}
        prefix={<SearchOutlined />}
        placeholder={words.search}
        aria-label={words.search}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={steer}
      />
      <Results groups={hits.groups} chosen={flat[chosen]} onGo={go} />
      {hits.error ? <Fault small error={hits.error} /> : null}
      {hits.waiting && flat.length === 0 && <BlockSkeleton rows={2} />}
      {!text && <p className="palette-hint">{words.searchHint}</p>}
      {text && !hits.waiting && !hits.error && flat.length === 0 && (
        <p className="palette-hint">
          {words.searchEmpty(text)}
          <br />
          {words.searchEmptyHint}
        </p>
      )}
    </Modal>
  )
}

function Results({ groups, chosen, onGo }: { groups: HitGroup[]; chosen: Hit | undefined; onGo: (hit: Hit) => void }) {
  if (groups.length === 0) return null
  return (
    <div className="palette-list" role="listbox">
      {groups.map((group) => (
        <section key={group.name}>
          <h3>{group.name}</h3>
          {group.hits.map((hit) => (
            <button
              key={hit.path}
              type="button"
              role="option"
              aria-selected={hit === chosen}
              className={`palette-item${hit === chosen ? ' palette-item-on' : ''}`}
              onClick={() => onGo(hit)}
            >
              <span>{hit.name}</span>
              <span className="lk-row lk-faint lk-small">{hit.note}</span>
            </button>
          ))}
        </section>
      ))}
    </div>
  )
}
