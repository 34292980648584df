import { Alert, Button, Form, Input } from 'antd'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useChangePassword } from '../queries'
import { sessionWords } from '../words'

interface Fields {
  old_password: string
  new_password: string
  again: string
}

/** Change one's own password. */
export function PasswordForm({ onDone, large = false }: { onDone: () => void; large?: boolean }) {
  const words = useWords(sessionWords)
  const lang = useLang()
  const change = useChangePassword()
  const [form] = Form.useForm<Fields>()
  const submit = ({ old_password, new_password }: Fields) =>
    change.mutate(
      { old_password, new_password },
      {
        onSuccess: () => {
          form.resetFields()
          onDone()
        },
      },
    )
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      requiredMark={false}
      size={large ? 'large' : 'middle'}
      onFinish={submit}
    >
      <Form.Item
        name="old_password"
        label={words.oldPassword}
        rules={[{ required: true, message: words.passwordNeeded }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item
        name="new_password"
        label={words.newPassword}
        extra={words.policy}
        rules={[{ required: true, message: words.passwordNeeded }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={words.again}
        dependencies={['new_password']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value && value === getFieldValue('new_password')
                ? Promise.resolve()
                : Promise.reject(new Error(words.mismatch)),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {change.error && (
        <Form.Item>
          <Alert type="error" showIcon title={sentence(change.error, lang)} />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block={large} loading={change.isPending}>
        {words.change}
      </Button>
    </Form>
  )
}
