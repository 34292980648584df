import { ColumnHeightOutlined, LinkOutlined, SettingOutlined } from '@ant-design/icons'
import { App, Button, Checkbox, Popover, Tooltip } from 'antd'
import { useAddress } from './address'
import { useWords } from './lang'
import { usePreferences } from './preferences'
import { useNarrow } from './screen'
import type { Column } from './table'
import { kitWords } from './words'

/** Which columns are shown: the page's own choice until the reader picks; the pick lives in the address. */
export function useColumns<T>(all: Column<T>[]): Column<T>[] {
  const [address] = useAddress()
  const picked = address.get('cols')?.split('.')
  return all.filter((column) => column.fixed || (picked ? picked.includes(column.key) : !column.hidden))
}

/** Column picker, row density and a link to this very view. */
export function TableTools<T>({ all }: { all: Column<T>[] }) {
  const words = useWords(kitWords)
  const { message } = App.useApp()
  const { compact, set } = usePreferences()
  const [, change] = useAddress()
  const shown = useColumns(all).map((column) => column.key)
  const narrow = useNarrow()
  const copy = async () => {
    await navigator.clipboard.writeText(location.href)
    void message.success(words.copied)
  }
  const picker = (
    <Checkbox.Group
      className="lk-picker"
      value={shown}
      options={all.map((column) => ({ label: column.title, value: column.key, disabled: column.fixed ?? false }))}
      onChange={(keys) => change({ cols: keys.join('.') })}
    />
  )
  if (narrow) return null
  return (
    <div className="lk-tools">
      <Tooltip title={words.copyView}>
        <Button type="text" icon={<LinkOutlined />} aria-label={words.copyView} onClick={() => void copy()} />
      </Tooltip>
      <Tooltip title={`${words.density}: ${compact ? words.compact : words.comfortable}`}>
        <Button
          type="text"
          icon={<ColumnHeightOutlined />}
          aria-label={words.density}
          onClick={() => set({ compact: !compact })}
        />
      </Tooltip>
      <Popover content={picker} title={words.columns} trigger="click" placement="bottomRight">
        <Button type="text" icon={<SettingOutlined />} aria-label={words.columns} />
      </Popover>
    </div>
  )
}
