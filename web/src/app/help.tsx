import { Modal } from 'antd'
import { useWords } from '@/kit/lang'
import { appWords } from './words'

/** The keys, on one card. */
export function Help({ onClose }: { onClose: () => void }) {
  const words = useWords(appWords)
  const rows: [string[], string][] = [
    [['/', 'Ctrl K'], words.keys.search],
    [['j'], words.keys.next],
    [['k'], words.keys.previous],
    [['Enter'], words.keys.open],
    [['Esc'], words.keys.escape],
    [['?'], words.keys.help],
  ]
  return (
    <Modal open title={words.help} footer={null} onCancel={onClose}>
      <dl className="shell-keys">
        {rows.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
