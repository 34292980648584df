import { Alert } from 'antd'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { BlockSkeleton, Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { usePreview } from '../queries'
import type { Preview } from '../wire'
import { identityWords } from '../words'
import { SystemKey } from './reviews'

/** What a merge of two customers would change, before it is made. */
export function PreviewPanel({ customerNos }: { customerNos: [string, string] }) {
  const query = usePreview(customerNos, true)
  return (
    <Loaded query={query} small skeleton={<BlockSkeleton rows={3} />}>
      {(preview) => <Shown preview={preview} />}
    </Loaded>
  )
}

function Shown({ preview }: { preview: Preview }) {
  const words = useWords(identityWords)
  const records = (members: Preview['stays']) => (
    <ul>
      {members.map((member) => (
        <li key={`${member.source}|${member.source_key}`}>
          <SystemKey source={member.source} sourceKey={member.source_key} />
        </li>
      ))}
    </ul>
  )
  return (
    <div className="lk-stack">
      {!preview.allowed && <Alert type="error" showIcon title={words.notAllowed} />}
      <Facts columns={2}>
        <Fact name={words.keeps}>
          <b>{preview.keeps}</b>
        </Fact>
        <Fact name={words.frees}>{preview.frees}</Fact>
        <Fact name={words.stays}>{records(preview.stays)}</Fact>
        <Fact name={words.moves}>{records(preview.moves)}</Fact>
      </Facts>
      {preview.contradictions.length > 0 && (
        <Fact name={words.contradictions}>
          <ul>
            {preview.contradictions.map((one) => (
              <li key={one.code} className="lk-row">
                <StatusTag tone={one.hard ? 'bad' : 'warn'}>{one.hard ? words.hard : words.soft}</StatusTag>
                {one.label}
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </div>
  )
}
