import { App, Button } from 'antd'
import { useLang, useWords } from '@/kit/lang'
import { sentence } from '@/kit/say'
import { sellingWords } from './words'

/** Two buttons of the second person: approve a draft, or put it aside; each is asked back. */
export function Verdict({
  ask,
  askAside,
  busy,
  settle,
}: {
  ask: string
  askAside: string
  busy: boolean
  settle: (approved: boolean) => Promise<unknown>
}) {
  const words = useWords(sellingWords)
  const lang = useLang()
  const { message, modal } = App.useApp()
  const decide = (approved: boolean) =>
    void modal.confirm({
      title: approved ? ask : askAside,
      content: approved ? words.approveHint : words.asideHint,
      okText: approved ? words.approve : words.putAside,
      okButtonProps: { danger: !approved },
      onOk: () =>
        settle(approved).then(
          () => void message.success(approved ? words.approved : words.aside),
          (error: unknown) => void message.error(sentence(error, lang)),
        ),
    })
  return (
    <span className="lk-row">
      <Button size="small" type="primary" disabled={busy} onClick={() => decide(true)}>
        {words.approve}
      </Button>
      <Button size="small" danger disabled={busy} onClick={() => decide(false)}>
        {words.putAside}
      </Button>
    </span>
  )
}
