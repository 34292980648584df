import { Page } from '@/kit/page'
import { useWords } from '@/kit/lang'
import { Editor } from './parts/editor'
import { pipelineWords } from './words'

/** A derived table that is not written yet. */
export function NewPipelinePage() {
  const words = useWords(pipelineWords)
  return (
    <Page title={words.create} back={{ to: '/pipelines', label: words.back }}>
      <Editor detail={null} />
    </Page>
  )
}
