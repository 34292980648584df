import { Alert, Button, Drawer, Form, type FormInstance } from 'antd'
import type { ReactNode } from 'react'
import { useLang, useWords } from './lang'
import { size } from './tokens'
import { kitWords } from './words'
import { sentence } from './say'

interface FormDrawerProps<T extends object> {
  open: boolean
  title: ReactNode
  form: FormInstance<T>
  initial?: Partial<T>
  submitWord?: string
  busy: boolean
  error?: unknown
  wide?: boolean
  danger?: boolean
  onSubmit: (values: T) => void
  onClose: () => void
  children: ReactNode
}

/** A form beside the page: fields, the server's answer if it said no, one primary action. */
export function FormDrawer<T extends object>(props: FormDrawerProps<T>) {
  const {
    open,
    title,
    form,
    initial,
    submitWord,
    busy,
    error,
    wide = false,
    danger = false,
    onSubmit,
    onClose,
    children,
  } = props
  const words = useWords(kitWords)
  const lang = useLang()
  const footer = (
    <div className="lk-drawer-foot">
      <Button onClick={onClose}>{words.cancel}</Button>
      <Button type="primary" danger={danger} loading={busy} onClick={() => form.submit()}>
        {submitWord ?? words.save}
      </Button>
    </div>
  )
  return (
    <Drawer
      open={open}
      title={title}
      size={wide ? size.drawerWide : size.drawer}
      onClose={onClose}
      footer={footer}
      destroyOnHidden
    >
      <Form<T>
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        onFinish={onSubmit}
        {...(initial ? { initialValues: initial } : {})}
      >
        {children}
      </Form>
      {error ? <Alert type="error" showIcon title={sentence(error, lang)} /> : null}
    </Drawer>
  )
}
