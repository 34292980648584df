import { useWords } from '@/kit/lang'
import { segmentWords } from '../words'

const around = 28
const word = /^(?:[\p{L}_][\p{L}\p{N}_.]*|\d[\d.]*|'[^']*'?|[<>=!]+|\S)/u

/** The stretch of a rule around a place (from 1): what stands before, what is wrong, what follows. */
export function stretch(text: string, place: number): [before: string, wrong: string, after: string] {
  const characters = [...text]
  const at = Math.min(Math.max(place - 1, 0), characters.length)
  const rest = characters.slice(at).join('')
  const wrong = word.exec(rest.trimStart())?.[0] ?? ''
  const skipped = rest.length - rest.trimStart().length
  const before = characters.slice(Math.max(at - around, 0), at).join('')
  const after = [...rest.slice(skipped + wrong.length)].slice(0, around).join('')
  return [`${at > around ? '…' : ''}${before}`, wrong, after]
}

/** Where in the text an error is, marked in the text itself; a click puts the cursor there. */
export function ErrorPlace({ text, place, onGo }: { text: string; place: number; onGo: (place: number) => void }) {
  const words = useWords(segmentWords)
  const [before, wrong, after] = stretch(text, place)
  return (
    <button type="button" className="seg-place" title={words.goThere} onClick={() => onGo(place)}>
      <span>{words.errorAt(place)}</span>
      <code>
        {before}
        <mark>{wrong || '␣'}</mark>
        {after}
      </code>
    </button>
  )
}
