import { FilterOutlined } from '@ant-design/icons'
import { Badge, Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { useAddress } from '@/kit/address'
import { TableTools } from '@/kit/columns'
import { useWords } from '@/kit/lang'
import { useNarrow } from '@/kit/screen'
import type { Column } from '@/kit/table'
import { kitWords } from '@/kit/words'
import { useBranchChoices, useManagerChoices } from '../queries'
import { bands, filterNames, kinds, risks, sorts, tiers, windows } from '../views'
import type { CustomerRow } from '../wire'
import { customerWords } from '../words'

interface FiltersProps {
  own: boolean
  all: Column<CustomerRow>[]
  filtered: boolean
  onClear: () => void
}

/** The filters of the list; on a phone they fold behind one button. */
export function Filters({ own, all, filtered, onClear }: FiltersProps) {
  const words = useWords(customerWords)
  const kit = useWords(kitWords)
  const narrow = useNarrow()
  const [open, setOpen] = useState(false)
  const [address, change] = useAddress()
  const active = filterNames.filter((name) => name !== 'q' && name !== 'sort' && address.get(name)).length
  return (
    <div className="lk-filters">
      <Input.Search
        key={address.get('q') ?? ''}
        className="lk-filter-text"
        allowClear
        placeholder={words.searchPlaceholder}
        aria-label={words.searchPlaceholder}
        defaultValue={address.get('q') ?? ''}
        onSearch={(q) => change({ q })}
      />
      {narrow && (
        <Badge count={active}>
          <Button icon={<FilterOutlined />} onClick={() => setOpen(!open)} aria-expanded={open}>
            {kit.filters}
          </Button>
        </Badge>
      )}
      {(!narrow || open) && <Choices own={own} />}
      <div className="lk-filters-end lk-row">
        {filtered && (
          <Button type="link" onClick={onClear}>
            {kit.clearFilters}
          </Button>
        )}
        <TableTools all={all} />
      </div>
    </div>
  )
}

function Choices({ own }: { own: boolean }) {
  const words = useWords(customerWords)
  const kit = useWords(kitWords)
  return (
    <>
      <Many name="tier" label={words.tier} options={tiers.map((value) => [value, kit.tierNames[value] ?? value])} />
      <One
        name="band"
        label={words.band}
        options={Object.keys(bands).map((value) => [value, words.bands[value] ?? value])}
      />
      <One name="due" label={words.window} options={windows.map((days) => [String(days), words.within(days)])} />
      <Many
        name="holds"
        label={words.holds}
        options={kinds.map((value) => [value, kit.productKinds[value] ?? value])}
      />
      <Many
        name="risk"
        label={words.riskShort}
        options={risks.map((value) => [value, `${value} ${kit.toleranceNames[value] ?? ''}`])}
      />
      {!own && <Places />}
      <One name="sort" label={words.sort} options={sorts.map((value) => [value, words.sorts[value] ?? value])} />
    </>
  )
}

function Places() {
  const words = useWords(customerWords)
  const may = useMay('org.read')
  const [address] = useAddress()
  const branches = useBranchChoices(may)
  const managers = useManagerChoices(address.get('branch') ?? undefined, may)
  if (!may) return null
  return (
    <>
      <One
        name="branch"
        label={words.branch}
        search
        options={(branches.data ?? []).map((one) => [one.branch_no, one.name])}
      />
      <One
        name="rm"
        label={words.rm}
        search
        options={(managers.data ?? []).map((one) => [one.staff_no, `${one.name} ${one.staff_no}`])}
      />
    </>
  )
}

interface ChoiceProps {
  name: string
  label: string
  options: [string, string][]
  search?: boolean
}

const toOptions = (options: [string, string][]) => options.map(([value, label]) => ({ value, label }))

function Many({ name, label, options }: ChoiceProps) {
  const [address, change] = useAddress()
  return (
    <Select<string[]>
      mode="multiple"
      allowClear
      showSearch={false}
      maxTagCount="responsive"
      popupMatchSelectWidth={false}
      className="lk-filter"
      placeholder={label}
      aria-label={label}
      value={address.get(name)?.split('.').filter(Boolean) ?? []}
      options={toOptions(options)}
      onChange={(values) => change({ [name]: values.join('.') })}
    />
  )
}

function One({ name, label, options, search = false }: ChoiceProps) {
  const [address, change] = useAddress()
  return (
    <Select<string | undefined>
      allowClear
      showSearch={search ? { optionFilterProp: 'label' } : false}
      popupMatchSelectWidth={false}
      className="lk-filter"
      placeholder={label}
      aria-label={label}
      value={address.get(name) ?? undefined}
      options={toOptions(options)}
      onChange={(value) => change({ [name]: value })}
    />
  )
}
