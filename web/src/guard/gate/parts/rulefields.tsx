import { App, Button, Form, Input, Popover, Tag } from 'antd'
import { useState } from 'react'
import { Loaded } from '@/kit/faces'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useFields, useTryRule } from '../queries'
import type { DraftFields } from '../draft'
import { gateWords } from '../words'
import { FormRows } from './draft'

const longestName = 40
const longestReason = 120

/** Rules in the rule language, each read back in Chinese before it is kept. */
export function RuleFields() {
  const words = useWords(gateWords)
  return (
    <div className="lk-stack">
      <div>
        <Popover content={<FieldNames />} title={words.fields} trigger="click">
          <Button size="small">{words.fields}</Button>
        </Popover>
      </div>
      <FormRows name="rules" fresh={{ text: '', reason: '', remedy: '' }}>
        {(place) => (
          <div className="lk-form-wide">
            <Form.Item
              name={[place, 'name']}
              label={words.name}
              rules={[{ required: true, whitespace: true, max: longestName, message: words.nameNeeded }]}
            >
              <Input />
            </Form.Item>
            <Form.Item
              name={[place, 'text']}
              label={words.ruleText}
              rules={[{ required: true, whitespace: true, message: words.ruleNeeded }]}
              extra={<ReadBack place={place} />}
            >
              <Input.TextArea className="lk-editor" rows={2} placeholder={words.rulePlaceholder} />
            </Form.Item>
            <div className="lk-form-row">
              <Form.Item
                name={[place, 'reason']}
                label={words.reason}
                rules={[{ required: true, min: 2, max: longestReason, message: words.reasonNeeded }]}
              >
                <Input />
              </Form.Item>
              <Form.Item name={[place, 'remedy']} label={words.remedy}>
                <Input />
              </Form.Item>
            </div>
          </div>
        )}
      </FormRows>
    </div>
  )
}

function FieldNames() {
  const query = useFields()
  return (
    <Loaded query={query} small>
      {(fields) => (
        <ul className="lk-lines lk-fields">
          {fields.map((field) => (
            <li key={field.name}>
              <Tag>{field.name}</Tag> {field.label}
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  )
}

function ReadBack({ place }: { place: number }) {
  const words = useWords(gateWords)
  const lang = useLang()
  const { message } = App.useApp()
  const form = Form.useFormInstance<DraftFields>()
  const read = useTryRule()
  const [said, setSaid] = useState('')
  const ask = () => {
    const text = String(form.getFieldValue(['rules', place, 'text']) ?? '')
    read.mutate(text, {
      onSuccess: (found) => setSaid(found.words),
      onError: (error) => {
        setSaid('')
        void message.error(sentence(error, lang))
      },
    })
  }
  return (
    <span className="lk-row">
      <Button type="link" size="small" loading={read.isPending} onClick={ask}>
        {words.readBack}
      </Button>
      {said}
    </span>
  )
}
