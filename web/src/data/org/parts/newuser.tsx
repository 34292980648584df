import { Form, Input } from 'antd'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useCreateUser } from '../queries'
import { orgWords } from '../words'

interface Fields {
  login: string
  display: string
  staff_no?: string
}

const loginRule = /^[a-z][a-z0-9._-]{1,31}$/

/** Open an account; it can do nothing until a role is granted. */
export function NewUserDrawer({
  open,
  onClose,
  onSecret,
}: {
  open: boolean
  onClose: () => void
  onSecret: (secret: string) => void
}) {
  const words = useWords(orgWords)
  const [form] = Form.useForm<Fields>()
  const create = useCreateUser()
  const submit = ({ login, display, staff_no }: Fields) =>
    create.mutate(
      { login, display, staff_no: staff_no?.trim() || null },
      {
        onSuccess: (made) => {
          onClose()
          onSecret(made.first_password)
        },
      },
    )
  return (
    <FormDrawer
      open={open}
      title={words.newUser}
      form={form}
      busy={create.isPending}
      error={create.error}
      submitWord={words.create}
      onSubmit={submit}
      onClose={() => {
        create.reset()
        onClose()
      }}
    >
      <Form.Item
        name="login"
        label={words.login}
        extra={words.loginRule}
        rules={[{ required: true, pattern: loginRule, message: words.loginRule }]}
      >
        <Input autoFocus autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="display"
        label={words.display}
        rules={[{ required: true, whitespace: true, message: words.nameNeeded }]}
      >
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="staff_no" label={words.staffOptional} extra={words.staffHint}>
        <Input autoComplete="off" />
      </Form.Item>
    </FormDrawer>
  )
}
