import { Button, Input, InputNumber, Select } from 'antd'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { Definition, OutColumn, Rule } from '../wire'
import { pipelineWords } from '../words'

interface RulesProps {
  one: Definition
  columns: OutColumn[]
  set: (change: Partial<Definition>) => void
  readOnly: boolean
}

const fresh: Rule = {
  kind: 'not_null',
  name: '',
  columns: [],
  least: '',
  greatest: '',
  expression: '',
  severity: 'stop',
  most: 0,
}

/** The rules rows must keep before anybody sees them. */
export function Rules({ one, columns, set, readOnly }: RulesProps) {
  const words = useWords(pipelineWords)
  const put = (at: number, rule: Rule | null) =>
    set({ rules: one.rules.flatMap((present, place) => (place === at ? (rule ? [rule] : []) : [present])) })
  return (
    <Panel title={words.rules} extra={<span className="lk-small lk-faint">{words.rulesNote}</span>}>
      <ul className="lk-stack">
        {one.rules.map((rule, at) => (
          <li key={at}>
            <RuleRow rule={rule} columns={columns} readOnly={readOnly} put={(changed) => put(at, changed)} />
          </li>
        ))}
      </ul>
      {!readOnly && (
        <div className="lk-foot-space">
          <Button onClick={() => set({ rules: [...one.rules, fresh] })}>{words.addRule}</Button>
        </div>
      )}
    </Panel>
  )
}

interface RowProps {
  rule: Rule
  columns: OutColumn[]
  readOnly: boolean
  put: (rule: Rule | null) => void
}

function RuleRow({ rule, columns, readOnly, put }: RowProps) {
  const words = useWords(pipelineWords)
  const set = (part: Partial<Rule>) => put({ ...rule, ...part })
  const kinds = Object.entries(words.ruleKinds).map(([value, label]) => ({ value: value as Rule['kind'], label }))
  const severities = Object.entries(words.severities).map(([value, label]) => ({
    value: value as Rule['severity'],
    label,
  }))
  const names = columns.map((column) => ({ value: column.name, label: column.name }))
  const bounds = rule.kind === 'range' || rule.kind === 'rows'
  return (
    <div className="lk-filters">
      <Select disabled={readOnly} value={rule.kind} options={kinds} onChange={(kind) => set({ ...fresh, kind })} />
      {rule.kind !== 'rows' && rule.kind !== 'rule' && (
        <Select
          mode="multiple"
          className="lk-filter-text"
          disabled={readOnly}
          value={rule.columns}
          options={names}
          placeholder={words.column}
          {...(rule.kind === 'range' ? { maxCount: 1 } : {})}
          onChange={(chosen: string[]) => set({ columns: chosen })}
        />
      )}
      {rule.kind === 'rule' && (
        <Input
          className="lk-filter-text"
          disabled={readOnly}
          value={rule.expression}
          placeholder={words.expression}
          onChange={(event) => set({ expression: event.target.value })}
        />
      )}
      {bounds && (
        <>
          <Input
            className="lk-filter"
            disabled={readOnly}
            value={rule.least}
            placeholder={words.least}
            onChange={(e) => set({ least: e.target.value })}
          />
          <Input
            className="lk-filter"
            disabled={readOnly}
            value={rule.greatest}
            placeholder={words.greatest}
            onChange={(e) => set({ greatest: e.target.value })}
          />
        </>
      )}
      <Input
        className="lk-filter"
        disabled={readOnly}
        value={rule.name}
        placeholder={words.ruleName}
        maxLength={60}
        onChange={(e) => set({ name: e.target.value })}
      />
      <Select
        disabled={readOnly}
        value={rule.severity}
        options={severities}
        onChange={(severity) => set({ severity })}
      />
      <InputNumber
        className="lk-filter-text"
        disabled={readOnly}
        min={0}
        value={rule.most}
        prefix={words.most}
        onChange={(most) => set({ most: most ?? 0 })}
      />
      {!readOnly && (
        <Button type="text" onClick={() => put(null)}>
          {words.remove}
        </Button>
      )}
    </div>
  )
}
