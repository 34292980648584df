import { Alert, Modal, Typography } from 'antd'
import { useWords } from './lang'
import { kitWords } from './words'

/** Something shown exactly once: a first password, a token. It is kept nowhere. */
export function SecretOnce({
  title,
  hint,
  secret,
  onClose,
}: {
  title: string
  hint: string
  secret: string | null
  onClose: () => void
}) {
  const words = useWords(kitWords)
  return (
    <Modal
      open={secret !== null}
      title={title}
      mask={{ closable: false }}
      okText={words.close}
      cancelButtonProps={{ hidden: true }}
      onOk={onClose}
      onCancel={onClose}
    >
      <div className="lk-stack">
        <Alert type="warning" showIcon title={hint} />
        <Typography.Text className="lk-secret" copyable code>
          {secret ?? ''}
        </Typography.Text>
      </div>
    </Modal>
  )
}
