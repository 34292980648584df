import { Form, Input, InputNumber, Radio, Select } from 'antd'
import { useWords } from '@/kit/lang'
import { shortestMeaning, valued, type TagFields } from '../draft'
import type { SourceTable } from '../wire'
import { tagWords } from '../words'
import { FilterField, TagNames } from './names'

const longestMeaning = 400
const longestName = 30
const longestCode = 40
const mostDays = 3660
const families = ['asset', 'transaction', 'credit', 'product', 'channel', 'service', 'life', 'risk'] as const
const kinds = ['bool', 'count', 'days', 'money', 'rate', 'date', 'word'] as const
const aggregates = ['count', 'sum', 'max', 'min', 'days', 'first', 'last', 'latest', 'weighted'] as const

/** The fields of a definition: who it is, and how it is computed. */
export function TagForm({ tables, fixed }: { tables: SourceTable[]; fixed: boolean }) {
  const words = useWords(tagWords)
  const from = Form.useWatch<TagFields['from'] | undefined>('from')
  const kind = Form.useWatch<TagFields['kind'] | undefined>('kind')
  const needed = { required: true, whitespace: true, message: words.needed }
  return (
    <>
      <div className="lk-form-row">
        <Form.Item name="name" label={words.name} rules={[needed]}>
          <Input maxLength={longestName} placeholder={words.namePlaceholder} />
        </Form.Item>
        <Form.Item
          name="code"
          label={words.code}
          rules={[needed, { pattern: /^[a-z][a-z0-9_]+$/, message: words.codeRule }]}
        >
          <Input maxLength={longestCode} disabled={fixed} placeholder={words.codePlaceholder} />
        </Form.Item>
      </div>
      <div className="lk-form-row">
        <Form.Item name="family" label={words.family}>
          <Select options={families.map((value) => ({ value, label: words.families[value] }))} />
        </Form.Item>
        <Form.Item name="kind" label={words.kind}>
          <Select options={kinds.map((value) => ({ value, label: words.kinds[value] }))} />
        </Form.Item>
        <Form.Item name="unit" label={words.unit}>
          <Input maxLength={8} placeholder={words.unitPlaceholder} />
        </Form.Item>
      </div>
      <Form.Item name="owner" label={words.owner} rules={[needed]}>
        <Input maxLength={longestCode} placeholder={words.ownerPlaceholder} />
      </Form.Item>
      <Form.Item
        name="meaning"
        label={words.meaning}
        rules={[needed, { min: shortestMeaning, message: words.meaningShort }]}
      >
        <Input.TextArea rows={2} maxLength={longestMeaning} placeholder={words.meaningPlaceholder} />
      </Form.Item>
      <Form.Item name="from" label={words.from}>
        <Radio.Group
          optionType="button"
          buttonStyle="solid"
          options={[
            { value: 'table', label: words.fromTable },
            { value: 'tags', label: words.fromTags },
          ]}
        />
      </Form.Item>
      {from === 'tags' ? <Expression /> : <Measure tables={tables} />}
      {kind === 'word' && (
        <Form.Item name="words" label={words.wordsField} extra={words.wordsHint} rules={[needed]}>
          <Input.TextArea className="lk-editor" rows={3} placeholder={words.wordsPlaceholder} />
        </Form.Item>
      )}
      <Form.Item name="note" label={words.noteField}>
        <Input maxLength={200} placeholder={words.notePlaceholder} />
      </Form.Item>
    </>
  )
}

function Expression() {
  const words = useWords(tagWords)
  const { setFieldValue, getFieldValue } = Form.useFormInstance<TagFields>()
  const put = (code: string) => {
    const text = String(getFieldValue('expression') ?? '')
    setFieldValue('expression', text ? `${text} ${code}` : code)
  }
  return (
    <Form.Item
      name="expression"
      label={words.expression}
      rules={[{ required: true, whitespace: true, message: words.needed }]}
      extra={<TagNames onPick={put} />}
    >
      <Input.TextArea className="lk-editor" rows={3} placeholder={words.expressionPlaceholder} />
    </Form.Item>
  )
}

function Measure({ tables }: { tables: SourceTable[] }) {
  const words = useWords(tagWords)
  const chosen = Form.useWatch<string | undefined>('table')
  const aggregate = Form.useWatch<TagFields['aggregate'] | undefined>('aggregate')
  const table = tables.find((one) => one.name === chosen)
  const columns = aggregate === 'latest' ? table?.facets : table?.values
  return (
    <>
      <div className="lk-form-row">
        <Form.Item name="table" label={words.table} extra={table && words.dayOf(table.day)}>
          <Select options={tables.map((one) => ({ value: one.name, label: one.label }))} />
        </Form.Item>
        <Form.Item name="aggregate" label={words.aggregate}>
          <Select options={aggregates.map((value) => ({ value, label: words.aggregates[value] }))} />
        </Form.Item>
        {aggregate && valued.has(aggregate) && (
          <Form.Item name="value" label={words.value} rules={[{ required: true, message: words.needed }]}>
            <Select options={(columns ?? []).map((one) => ({ value: one.name, label: one.label }))} />
          </Form.Item>
        )}
      </div>
      <Window />
      {table && <FilterField table={table} />}
    </>
  )
}

function Window() {
  const words = useWords(tagWords)
  const span = Form.useWatch<TagFields['span'] | undefined>('span')
  const spans = ['back', 'month', 'ahead', 'between', 'all'] as const
  return (
    <div className="lk-form-row">
      <Form.Item name="span" label={words.window}>
        <Select options={spans.map((value) => ({ value, label: words.spans[value] }))} />
      </Form.Item>
      {(span === 'back' || span === 'ahead') && (
        <Form.Item name="days" label={words.days}>
          <InputNumber min={1} max={mostDays} precision={0} suffix={words.dayUnit} />
        </Form.Item>
      )}
      {span === 'between' && (
        <>
          <Form.Item name="since" label={words.since}>
            <InputNumber min={-mostDays} max={mostDays} precision={0} suffix={words.dayUnit} />
          </Form.Item>
          <Form.Item name="until" label={words.until}>
            <InputNumber min={-mostDays} max={mostDays} precision={0} suffix={words.dayUnit} />
          </Form.Item>
        </>
      )}
    </div>
  )
}
