import { BehaviourPage, type SegmentParts } from '@/data/behaviour/page'
import { SegmentName, SegmentPicker } from '@/insight/segments/parts/picker'
import { useMay } from '@/kit/actor'

const segments: SegmentParts = {
  pick: (value, onChange) => <SegmentPicker value={value} onChange={onChange} />,
  name: (id) => <SegmentName key={id} id={id} />,
}

/** 行为分析 over everybody, or over a segment where the reader knows segments. */
export function BehaviourDesk() {
  const may = useMay('segment.read')
  return <BehaviourPage segments={may ? segments : undefined} />
}
