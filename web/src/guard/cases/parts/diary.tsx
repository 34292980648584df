import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import type { Dossier } from '../wire'
import { caseWords } from '../words'

/** Everything that was done in a case, oldest first. */
export function Diary({ notes }: { notes: Dossier['notes'] }) {
  const words = useWords(caseWords)
  return (
    <Panel title={words.diary} className="lk-span-7">
      <ul>
        {notes.map((note, place) => (
          <li key={place} className="lk-moment">
            <i />
            <div className="lk-moment-head">
              <b>{words.steps[note.step]}</b>
              <span className="lk-small lk-faint">
                {note.by_name ?? words.system} · <DateText at={note.at} time />
              </span>
            </div>
            <div className="lk-moment-text">{note.words}</div>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
