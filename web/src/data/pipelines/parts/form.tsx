import { Checkbox, Form as Fields, Input, InputNumber, Select } from 'antd'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { Definition, LakeTable, OutColumn } from '../wire'
import { pipelineWords } from '../words'

interface FormProps {
  one: Definition
  set: (change: Partial<Definition>) => void
  columns: OutColumn[]
  inputs: string[]
  tables: LakeTable[]
  isNew: boolean
  readOnly: boolean
}

const named = (names: string[]) => names.map((value) => ({ value, label: value }))

/** What the table is called, its keys, its partition and when it is brought up to date. */
export function Form(props: FormProps) {
  const { one, set, columns, isNew, readOnly } = props
  const words = useWords(pipelineWords)
  const cadences = { ...words.cadences, ...(one.cadence in words.cadences ? {} : { [one.cadence]: one.cadence }) }
  return (
    <Panel title={words.tabs['define']}>
      <Fields layout="vertical" disabled={readOnly} requiredMark={false}>
        <Fields.Item label={words.name} {...(isNew ? { extra: words.nameHint } : {})}>
          <Input
            value={one.table}
            disabled={!isNew}
            maxLength={60}
            onChange={(event) => set({ table: event.target.value })}
          />
        </Fields.Item>
        <Fields.Item label={words.titleLabel}>
          <Input value={one.title} maxLength={60} onChange={(event) => set({ title: event.target.value })} />
        </Fields.Item>
        <Fields.Item label={words.meaning}>
          <Input.TextArea
            value={one.meaning}
            maxLength={400}
            autoSize={{ minRows: 2, maxRows: 4 }}
            onChange={(event) => set({ meaning: event.target.value })}
          />
        </Fields.Item>
        <Fields.Item label={words.owner}>
          <Input value={one.owner} maxLength={60} onChange={(event) => set({ owner: event.target.value })} />
        </Fields.Item>
        <Fields.Item label={words.keys} extra={words.keysHint}>
          <Select
            mode="multiple"
            value={one.keys}
            options={named(columns.map((column) => column.name))}
            onChange={(keys: string[]) => set({ keys })}
          />
        </Fields.Item>
        <Fields.Item label={words.schedule}>
          <Checkbox checked={one.on_commit} onChange={(event) => set({ on_commit: event.target.checked })}>
            {words.onCommit}
          </Checkbox>
        </Fields.Item>
        <Fields.Item label={words.cadence}>
          <Select
            value={one.cadence}
            options={Object.entries(cadences).map(([value, label]) => ({ value, label }))}
            onChange={(cadence: string) => set({ cadence })}
          />
        </Fields.Item>
        <PartitionFields {...props} />
      </Fields>
    </Panel>
  )
}

function PartitionFields({ one, set, columns, inputs, tables }: FormProps) {
  const words = useWords(pipelineWords)
  const cut = one.partition
  const days = columns.filter((column) => column.kind === 'DATE').map((column) => column.name)
  const change = (part: Partial<NonNullable<Definition['partition']>>) => cut && set({ partition: { ...cut, ...part } })
  const choose = (column: string) =>
    set({
      partition: column ? { grain: 'day', by: {}, before_days: 0, after_days: 0, frozen: [], ...cut, column } : null,
    })
  const times = (name: string) =>
    (tables.find((table) => table.name === name)?.columns ?? [])
      .filter((column) => /DATE|TIMESTAMP/.test(column.kind))
      .map((column) => column.name)
  return (
    <>
      <Fields.Item label={words.partition}>
        <Select
          value={cut?.column ?? ''}
          options={[
            { value: '', label: words.noPartition },
            ...named(cut ? [...new Set([cut.column, ...days])] : days),
          ]}
          onChange={choose}
        />
      </Fields.Item>
      {cut && (
        <>
          <Fields.Item label={words.grain}>
            <Select
              value={cut.grain}
              options={Object.entries(words.grains).map(([value, label]) => ({
                value: value as typeof cut.grain,
                label,
              }))}
              onChange={(grain) => change({ grain })}
            />
          </Fields.Item>
          {inputs.map((input) => (
            <Fields.Item key={input} label={`${words.by} · ${input}`}>
              <Select
                allowClear
                value={cut.by[input] ?? null}
                options={named(times(input))}
                onChange={(column: string | undefined) => {
                  const rest = Object.fromEntries(Object.entries(cut.by).filter(([name]) => name !== input))
                  change({ by: column ? { ...rest, [input]: column } : rest })
                }}
              />
            </Fields.Item>
          ))}
          <Fields.Item label={words.beforeDays}>
            <InputNumber min={0} max={400} value={cut.before_days} onChange={(n) => change({ before_days: n ?? 0 })} />
          </Fields.Item>
          <Fields.Item label={words.afterDays}>
            <InputNumber min={0} max={400} value={cut.after_days} onChange={(n) => change({ after_days: n ?? 0 })} />
          </Fields.Item>
          <Fields.Item label={words.frozen}>
            <Select
              mode="multiple"
              value={cut.frozen}
              options={named(inputs)}
              onChange={(frozen: string[]) => change({ frozen })}
            />
          </Fields.Item>
        </>
      )}
    </>
  )
}
