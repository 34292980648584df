import { App, Button, Upload } from 'antd'
import { Link } from 'react-router'
import { useMay } from '@/kit/actor'
import { StatusTag } from '@/kit/badge'
import { DateText } from '@/kit/figure'
import { bytes } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { sentence } from '@/kit/say'
import { useAttach } from '../queries'
import type { Dossier } from '../wire'
import { caseWords } from '../words'

const brief = 12
const accepted = '.pdf,.png,.jpg,.jpeg,.docx,.xlsx,.wav,.mp3,.txt,.csv'

/** What a case rests on: alerts, links to evidence, and files under the digest of their content. */
export function Proof({ dossier }: { dossier: Dossier }) {
  const words = useWords(caseWords)
  const { alerts, links, attachments } = dossier
  const nothing = alerts.length + links.length + attachments.length === 0
  return (
    <Panel title={words.evidence} extra={<Attach dossier={dossier} />}>
      {nothing && <p className="lk-soft">{words.noEvidence}</p>}
      <ul className="lk-lines">
        {alerts.map((alert, place) => (
          <li key={`alert-${place}`}>
            <div className="lk-row-between">
              <span className="lk-row">
                <StatusTag tone="warn">{words.alert}</StatusTag>
                {alert.words}
              </span>
              <span className="lk-small lk-faint">
                <DateText at={alert.at} time />
              </span>
            </div>
          </li>
        ))}
        {links.map((link, place) => (
          <li key={`link-${place}`}>
            <span className="lk-row">
              <StatusTag tone="primary">{words.linkKinds[link.kind]}</StatusTag>
              <Reference link={link} />
              {link.words && <span className="lk-soft">{link.words}</span>}
            </span>
          </li>
        ))}
        {attachments.map((file) => (
          <li key={file.id} className="lk-row-between">
            <a href={`/api/cases/${dossier.case.case_no}/attachments/${file.id}`}>{file.name}</a>
            <span className="lk-small lk-faint" title={`SHA-256 ${file.sha256}`}>
              {bytes(file.bytes)} · <span className="lk-hash">{file.sha256.slice(0, brief)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Reference({ link }: { link: Dossier['links'][number] }) {
  const to = { customer: '/customers/', product: '/products/', case: '/cases/', event: '' }[link.kind]
  if (!to) return <span className="lk-hash">{link.ref}</span>
  return <Link to={to + link.ref}>{link.ref}</Link>
}

function Attach({ dossier }: { dossier: Dossier }) {
  const words = useWords(caseWords)
  const lang = useLang()
  const { message } = App.useApp()
  const mayWork = useMay('case.work')
  const attach = useAttach(dossier.case.case_no)
  if (!mayWork || dossier.case.state === 'closed') return null
  return (
    <Upload
      accept={accepted}
      showUploadList={false}
      beforeUpload={(file) => {
        attach.mutate(file, {
          onSuccess: () => void message.success(words.attached),
          onError: (error) => void message.error(sentence(error, lang)),
        })
        return false
      }}
    >
      <Button size="small" loading={attach.isPending}>
        {words.attach}
      </Button>
    </Upload>
  )
}
