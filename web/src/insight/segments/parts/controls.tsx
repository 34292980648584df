import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Select } from 'antd'
import type { ActionProps, NotToggleProps, OperatorSelectorProps } from 'react-querybuilder'
import { useWords } from '@/kit/lang'
import { segmentWords } from '../words'

/** Adds a condition or a group: never louder than the page's own action. */
export function AddAction({ label, handleOnClick, className }: ActionProps) {
  return (
    <Button
      className={className ?? ''}
      type="dashed"
      size="small"
      icon={<PlusOutlined />}
      aria-label={String(label)}
      onClick={(event) => handleOnClick(event)}
    >
      {label}
    </Button>
  )
}

/** Takes a condition or a group away. */
export function RemoveAction({ title, handleOnClick, className }: ActionProps) {
  return (
    <Button
      className={className ?? ''}
      type="text"
      size="small"
      icon={<DeleteOutlined />}
      title={title ?? ''}
      aria-label={title ?? ''}
      onClick={(event) => handleOnClick(event)}
    />
  )
}

/** Turns a group into its opposite, in words. */
export function NotToggle({ checked, handleOnChange, className }: NotToggleProps) {
  const words = useWords(segmentWords)
  return (
    <Checkbox
      className={className ?? ''}
      checked={checked ?? false}
      onChange={(event) => handleOnChange(event.target.checked)}
    >
      {words.notToggle}
    </Checkbox>
  )
}

/** How a value is compared; nothing where there is only one way. */
export function OperatorSelect({ options, value, handleOnChange, className }: OperatorSelectorProps) {
  const words = useWords(segmentWords)
  const ways = options as { name: string; label: string }[]
  if (ways.length < 2) return null
  return (
    <Select
      className={className ?? ''}
      value={value ?? null}
      aria-label={words.compare}
      options={ways.map((one) => ({ value: one.name, label: one.label }))}
      popupMatchSelectWidth={false}
      onChange={(name: string | null) => handleOnChange(name)}
    />
  )
}
