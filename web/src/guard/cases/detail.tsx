import { Button } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { useMay } from '@/kit/actor'
import { Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page } from '@/kit/page'
import { ActDrawer, type Act } from './parts/acts'
import { CaseFacts } from './parts/facts'
import { Diary } from './parts/diary'
import { HandDrawer, type Hand } from './parts/hand'
import { Proof } from './parts/proof'
import { useDossier } from './queries'
import type { Case } from './wire'
import { caseWords } from './words'

const isAct = (name: Act | Hand): name is Act => !['assign', 'watch', 'link'].includes(name)

/** One case: what it is about, what it rests on, its diary, and the two pairs of eyes that close it. */
export function CasePage() {
  const words = useWords(caseWords)
  const { no = '' } = useParams()
  const query = useDossier(no)
  const offered = useOffered(query.data?.case)
  const [act, setAct] = useState<Act | Hand | null>(null)
  const actions = offered.map((name, place) => (
    <Button
      key={name}
      {...(place + 1 === offered.length ? { type: 'primary' as const } : {})}
      onClick={() => setAct(name)}
    >
      {words.acts[name]}
    </Button>
  ))
  const close = () => setAct(null)
  return (
    <Page title={query.data?.case.title ?? no} back={{ to: '/cases', label: words.title }} actions={actions}>
      <Loaded query={query}>
        {(dossier) => (
          <div className="lk-grid">
            <div className="lk-span-5 lk-stack">
              <CaseFacts one={dossier.case} />
              <Proof dossier={dossier} />
            </div>
            <Diary notes={dossier.notes} />
          </div>
        )}
      </Loaded>
      {act && isAct(act) && <ActDrawer no={no} act={act} onClose={close} />}
      {act && !isAct(act) && query.data && <HandDrawer one={query.data.case} hand={act} onClose={close} />}
    </Page>
  )
}

/** What somebody may do now, the main thing last. */
function useOffered(one: Case | undefined): (Act | Hand)[] {
  const mayWork = useMay('case.work')
  const mayClose = useMay('case.close')
  if (!one) return []
  if (one.state === 'closed') return mayClose ? ['reopen'] : []
  const work: (Act | Hand)[] = mayWork ? ['assign', 'watch', 'link', 'note'] : []
  if (one.state === 'proposed') return mayClose ? [...work, 'return', 'agree'] : work
  return mayWork ? [...work, 'propose'] : work
}
