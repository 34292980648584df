import { QueryBuilderAntD } from '@react-querybuilder/antd'
import { Select } from 'antd'
import {
  QueryBuilder,
  type Field,
  type FieldSelectorProps,
  type OptionGroup,
  type RuleGroupType,
} from 'react-querybuilder'
import { useMemo } from 'react'
import { useWords } from '@/kit/lang'
import { eventPrefix, leaves, sequenceField, textField } from '../tree'
import type { Words } from '../wire'
import { segmentWords } from '../words'
import { AddAction, NotToggle, OperatorSelect, RemoveAction } from './controls'
import { ValueEditor, type EditorContext } from './valueeditor'

interface BuilderProps {
  query: RuleGroupType
  known: Words
  purpose: string
  /** Customers of each condition, in order. */
  counts: number[]
  onChange: (query: RuleGroupType) => void
}

const numberOperators = ['>=', '<=', '>', '<', '=', '<>', 'between', 'null', 'notNull']
const dayOperators = ['>=', '<=', '>', '<', '=', 'between', 'withinDays', 'null', 'notNull']
const textOperators = ['in', 'notIn', '=', '<>', 'null', 'notNull']

/** The condition tree: groups of and / or, conditions on tags, segments and behaviour. */
export function Builder({ query, known, purpose, counts, onChange }: BuilderProps) {
  const words = useWords(segmentWords)
  const fields = useFields(known, purpose)
  const kinds = useMemo(() => new Map(known.fields.map((one) => [one.name, one.kind as string])), [known])
  const context: EditorContext = useMemo(() => {
    const ids = leaves(query).map((one) => one.id ?? '')
    return { known, counts: new Map(ids.map((id, place) => [id, counts[place]])) }
  }, [known, query, counts])
  const operatorsOf = (field: string) => {
    if (field.startsWith('~')) return [{ name: '=', value: '=', label: '' }]
    const kind = kinds.get(field)
    if (kind === 'bool') return [{ name: '=', value: '=', label: '' }]
    const day = kind === 'date' || kind === 'timestamp'
    const names = day ? dayOperators : kind === 'text' ? textOperators : numberOperators
    return names.map((name) => ({
      name,
      value: name,
      label: (day ? words.dayOperators[name] : undefined) ?? words.operators[name] ?? name,
    }))
  }
  return (
    <QueryBuilderAntD>
      <QueryBuilder
        fields={fields}
        query={query}
        onQueryChange={onChange}
        context={context}
        combinators={[
          { name: 'and', label: words.and },
          { name: 'or', label: words.or },
        ]}
        showNotToggle
        addRuleToNewGroups
        resetOnFieldChange
        getOperators={operatorsOf}
        getDefaultValue={(rule) => defaultValue(rule.field, kinds.get(rule.field), known)}
        controlElements={{
          valueEditor: ValueEditor,
          fieldSelector: FieldSelect,
          operatorSelector: OperatorSelect,
          notToggle: NotToggle,
          addRuleAction: AddAction,
          addGroupAction: AddAction,
          removeRuleAction: RemoveAction,
          removeGroupAction: RemoveAction,
        }}
        controlClassnames={{ queryBuilder: 'seg-builder' }}
        translations={{
          addRule: { label: words.addRule },
          addGroup: { label: words.addGroup },
          removeRule: { label: '×', title: words.remove },
          removeGroup: { label: '×', title: words.remove },
          notToggle: { label: words.notToggle, title: words.notToggle },
        }}
      />
    </QueryBuilderAntD>
  )
}

function defaultValue(field: string, kind: string | undefined, known: Words): unknown {
  const [first] = known.events
  if (field.startsWith(eventPrefix)) return { operator: '>=', times: 1, days: 30, pages: [] }
  if (field === sequenceField) {
    return { first: first?.name ?? '', then: known.events.at(-1)?.name ?? '', days: 7, happened: true }
  }
  if (kind === 'bool') return true
  return kind === 'text' ? [] : ''
}

/** Fields by heading: families of tags, segments, behaviour; those the purpose may not use are left out. */
function useFields(known: Words, purpose: string): OptionGroup<Field>[] {
  const words = useWords(segmentWords)
  return useMemo(() => {
    const usable = known.fields.filter(
      (one) => !one.unusable.some((each) => each === purpose) && one.group !== '数据日期',
    )
    const groups = [...new Set(usable.map((one) => one.group))]
    const found = groups.map((label) => ({
      label,
      options: usable
        .filter((one) => one.group === label)
        .map((one) => ({ name: one.name, value: one.name, label: one.label })),
    }))
    const behaviour = known.events.map((one) => {
      const name = eventPrefix + one.name
      return { name, value: name, label: words.didEvent(one.label) }
    })
    const special = [
      { name: sequenceField, value: sequenceField, label: words.sequence },
      { name: textField, value: textField, label: words.advanced },
    ]
    return [...found, { label: words.behaviourGroup, options: [...behaviour, ...special] }]
  }, [known, purpose, words])
}

/** Tags are many: typed into, found by any part of their name. */
function FieldSelect({ options, value, handleOnChange, title }: FieldSelectorProps) {
  const words = useWords(segmentWords)
  const groups = (options as OptionGroup<Field>[]).map((group) => ({
    label: group.label,
    title: group.label,
    options: group.options.map((one) => ({ value: one.name, label: one.label })),
  }))
  return (
    <Select
      className="seg-field"
      showSearch={{ optionFilterProp: 'label' }}
      value={value || null}
      placeholder={words.pickField}
      aria-label={title ?? words.pickField}
      options={groups}
      popupMatchSelectWidth={false}
      onChange={(name: string | null) => handleOnChange(name)}
    />
  )
}
