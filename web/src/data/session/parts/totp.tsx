import { Alert, App, Button, Form, Input, QRCode, Typography } from 'antd'
import { useState } from 'react'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { useConfirmTotp, useEnrolTotp, useStopTotp } from '../queries'
import { sessionWords } from '../words'

const codeLength = 6

/** Turn the six digits on (with a QR code to scan) or off (with the password). */
export function TotpPanel({ enabled }: { enabled: boolean }) {
  const words = useWords(sessionWords)
  const lang = useLang()
  const [stopping, setStopping] = useState(false)
  const enrol = useEnrolTotp()
  return (
    <Panel title={words.security} className="lk-span-6">
      <div className="lk-stack">
        <div className="lk-row-between">
          <StatusTag tone={enabled ? 'good' : 'warn'} dot>
            {enabled ? words.totpOn : words.totpOff}
          </StatusTag>
          {enabled ? (
            <Button onClick={() => setStopping(true)}>{words.totpDisable}</Button>
          ) : (
            <Button type="primary" loading={enrol.isPending} onClick={() => enrol.mutate()}>
              {words.totpEnrol}
            </Button>
          )}
        </div>
        {!enabled && <p className="lk-soft">{words.totpOffHint}</p>}
        {enrol.error && <Alert type="error" showIcon title={sentence(enrol.error, lang)} />}
        {!enabled && enrol.data && <Confirm uri={enrol.data.uri} secret={enrol.data.secret} />}
      </div>
      <Stop open={stopping} onClose={() => setStopping(false)} />
    </Panel>
  )
}

function Confirm({ uri, secret }: { uri: string; secret: string }) {
  const words = useWords(sessionWords)
  const lang = useLang()
  const { message } = App.useApp()
  const confirm = useConfirmTotp()
  const send = (code: string) => confirm.mutate({ code }, { onSuccess: () => void message.success(words.totpDone) })
  return (
    <div className="lk-row">
      <QRCode value={uri} type="svg" bordered={false} color="black" bgColor="white" />
      <div className="lk-stack">
        <p>{words.totpScan}</p>
        <Input.OTP length={codeLength} inputMode="numeric" disabled={confirm.isPending} onChange={send} />
        {confirm.error && <Alert type="error" showIcon title={sentence(confirm.error, lang)} />}
        <div className="lk-small lk-soft">
          {words.totpSecret}
          <br />
          <Typography.Text code copyable>
            {secret}
          </Typography.Text>
        </div>
      </div>
    </div>
  )
}

function Stop({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords(sessionWords)
  const { message } = App.useApp()
  const stop = useStopTotp()
  const [form] = Form.useForm<{ password: string }>()
  const submit = (values: { password: string }) =>
    stop.mutate(values, {
      onSuccess: () => {
        void message.success(words.totpStopped)
        onClose()
      },
    })
  return (
    <FormDrawer
      open={open}
      title={words.totpDisable}
      form={form}
      busy={stop.isPending}
      error={stop.error}
      submitWord={words.totpDisable}
      danger
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="lk-soft">{words.totpStopHint}</p>
      <Form.Item name="password" label={words.oldPassword} rules={[{ required: true, message: words.passwordNeeded }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
    </FormDrawer>
  )
}
