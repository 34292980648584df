import { LockOutlined, UserOutlined } from '@ant-design/icons'
import { Alert, Button, Divider, Form, Input } from 'antd'
import { useState } from 'react'
import { ApiError } from '@/api/errors'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { useSignIn, useSignInOptions, type Credentials } from '../queries'
import { sessionWords } from '../words'

const codeLength = 6

/** Account and password, then the six digits where the account asks for them. */
export function CredentialsForm({ next }: { next: string }) {
  const [held, setHeld] = useState<Credentials | null>(null)
  const signIn = useSignIn()
  const lang = useLang()
  const submit = (values: Credentials) => {
    const body = { ...held, ...values }
    signIn.mutate(body, {
      onError: (error) => {
        if (error instanceof ApiError && error.problem.code === 'totp_needed') {
          setHeld(body)
          signIn.reset()
        }
      },
    })
  }
  const fault = signIn.error ? <Alert type="error" showIcon title={sentence(signIn.error, lang)} /> : null
  if (held) {
    const back = () => {
      setHeld(null)
      signIn.reset()
    }
    return <CodeStep busy={signIn.isPending} fault={fault} onCode={(code) => submit({ ...held, code })} onBack={back} />
  }
  return <PasswordStep busy={signIn.isPending} fault={fault} next={next} onSubmit={submit} />
}

interface PasswordStepProps {
  busy: boolean
  fault: React.ReactNode
  next: string
  onSubmit: (values: Credentials) => void
}

function PasswordStep({ busy, fault, next, onSubmit }: PasswordStepProps) {
  const words = useWords(sessionWords)
  const options = useSignInOptions()
  return (
    <Form<Credentials> layout="vertical" size="large" requiredMark={false} onFinish={onSubmit}>
      <Form.Item name="login" label={words.login} rules={[{ required: true, message: words.loginNeeded }]}>
        <Input autoFocus autoComplete="username" prefix={<UserOutlined />} />
      </Form.Item>
      <Form.Item name="password" label={words.password} rules={[{ required: true, message: words.passwordNeeded }]}>
        <Input.Password autoComplete="current-password" prefix={<LockOutlined />} />
      </Form.Item>
      {fault && <Form.Item>{fault}</Form.Item>}
      <Button type="primary" htmlType="submit" block loading={busy}>
        {words.signIn}
      </Button>
      {options.data?.oidc && (
        <>
          <Divider plain>{words.or}</Divider>
          <Button block href={`/api/session/oidc/start?next=${encodeURIComponent(next)}`}>
            {options.data.oidc_name ?? words.oidc}
          </Button>
        </>
      )}
    </Form>
  )
}

interface CodeStepProps {
  busy: boolean
  fault: React.ReactNode
  onCode: (code: string) => void
  onBack: () => void
}

function CodeStep({ busy, fault, onCode, onBack }: CodeStepProps) {
  const words = useWords(sessionWords)
  return (
    <Form<{ code: string }> layout="vertical" size="large" requiredMark={false} onFinish={({ code }) => onCode(code)}>
      <p className="lk-soft">{words.totpHint}</p>
      <Form.Item
        name="code"
        label={words.totpTitle}
        rules={[{ required: true, len: codeLength, message: words.totpNeeded }]}
      >
        <Input.OTP autoFocus length={codeLength} inputMode="numeric" autoComplete="one-time-code" />
      </Form.Item>
      {fault && <Form.Item>{fault}</Form.Item>}
      <Button type="primary" htmlType="submit" block loading={busy}>
        {words.totpVerify}
      </Button>
      <Button type="link" block onClick={onBack}>
        {words.totpBack}
      </Button>
    </Form>
  )
}
