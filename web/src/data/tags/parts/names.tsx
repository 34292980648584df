import { Button, Form, Input, Popover, Select } from 'antd'
import { useWords } from '@/kit/lang'
import type { TagFields } from '../draft'
import { useTags } from '../queries'
import type { SourceTable } from '../wire'
import { tagWords } from '../words'

/** The condition on rows, with the names and words it may use. */
export function FilterField({ table }: { table: SourceTable }) {
  const words = useWords(tagWords)
  const { setFieldValue, getFieldValue } = Form.useFormInstance<TagFields>()
  const put = (part: string) => {
    const text = String(getFieldValue('filter') ?? '').trim()
    setFieldValue('filter', text ? `${text} and ${part}` : part)
  }
  return (
    <Form.Item
      name="filter"
      label={words.filter}
      extra={
        <Popover
          content={<Facets table={table} onPick={put} />}
          title={words.facets}
          trigger="click"
          placement="bottom"
        >
          <Button type="link" size="small">
            {words.facets}
          </Button>
        </Popover>
      }
    >
      <Input.TextArea className="lk-editor" rows={3} placeholder={words.filterPlaceholder} />
    </Form.Item>
  )
}

const facetChoices = 40

function Facets({ table, onPick }: { table: SourceTable; onPick: (part: string) => void }) {
  return (
    <ul className="lk-lines lk-fields">
      {table.facets.map((field) => (
        <li key={field.name} className="lk-row">
          <span>
            {field.label} <code>{field.name}</code>
          </span>
          {Object.keys(field.words).length > 0 ? (
            <Select<string>
              size="small"
              className="lk-filter"
              value={null}
              placeholder="="
              aria-label={field.label}
              options={Object.entries(field.words)
                .slice(0, facetChoices)
                .map(([value, label]) => ({ value, label }))}
              onChange={(value) => onPick(`${field.name} = '${value}'`)}
            />
          ) : (
            <Button size="small" onClick={() => onPick(field.name)}>
              +
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** Choose a tag by its name to put its code into a formula. */
export function TagNames({ onPick }: { onPick: (code: string) => void }) {
  const words = useWords(tagWords)
  const tags = useTags()
  return (
    <Select<string>
      size="small"
      className="lk-filter"
      showSearch={{ optionFilterProp: 'label' }}
      value={null}
      placeholder={words.putTag}
      aria-label={words.putTag}
      options={(tags.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.name} ${one.code}` }))}
      onChange={onPick}
    />
  )
}
