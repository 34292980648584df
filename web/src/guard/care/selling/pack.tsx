import { App, Button } from 'antd'
import { useLang, useWords } from '@/kit/lang'
import { saveFile } from '@/kit/save'
import { sentence } from '@/kit/say'
import type { Recording } from '../wire'
import { usePack } from './queries'
import { sellingWords } from './words'

/** The evidence pack of a sale to keep, as JSON with its digest or as PDF. */
export function PackButtons({ recording }: { recording: Recording }) {
  const words = useWords(sellingWords)
  const lang = useLang()
  const { message } = App.useApp()
  const pack = usePack()
  const take = (form: 'json' | 'pdf') =>
    pack.mutate(
      { id: recording.id, form },
      {
        onSuccess: (file) => saveFile(`evidence-${recording.sale_ref.replaceAll(/[/:]/g, '-')}.${form}`, file),
        onError: (error) => void message.error(sentence(error, lang)),
      },
    )
  return (
    <span className="lk-row">
      <Button size="small" disabled={pack.isPending} onClick={() => take('json')}>
        {words.packJson}
      </Button>
      <Button size="small" disabled={pack.isPending} onClick={() => take('pdf')}>
        {words.packPdf}
      </Button>
    </span>
  )
}
