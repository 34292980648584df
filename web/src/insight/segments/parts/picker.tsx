import { Select } from 'antd'
import { useState } from 'react'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { useSegment, useSegments } from '../queries'
import { segmentWords } from '../words'

interface PickerProps {
  value: number | null
  onChange: (id: number | null) => void
}

/** Chooses a segment in use, or nobody in particular: everybody. */
export function SegmentPicker({ value, onChange }: PickerProps) {
  const words = useWords(segmentWords)
  const [typed, setTyped] = useState('')
  const found = useSegments(typed.trim(), 'active')
  const held = useSegment(value ?? 0, value !== null)
  const options = (found.items ?? []).map((row) => ({
    value: row.segment.id,
    label: `${row.segment.name} · ${words.people(count(row.customers))}`,
  }))
  const chosen = held.data?.segment
  if (chosen && !options.some((one) => one.value === chosen.id)) {
    options.unshift({ value: chosen.id, label: chosen.name })
  }
  return (
    <Select<number>
      className="lk-pick"
      value={value}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={words.everybody}
      aria-label={words.name}
      options={options}
      onChange={(next) => onChange(next ?? null)}
    />
  )
}

/** What a segment is called. */
export function SegmentName({ id }: { id: number }) {
  const held = useSegment(id)
  return <>{held.data?.segment.name ?? ''}</>
}
