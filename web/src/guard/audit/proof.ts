/** The shape of an inclusion proof (RFC 9162, 2.1.3.2): which side each step of the path stands on. */

export interface ProofStep {
  /** The neighbour's hash, hexadecimal. */
  hash: string
  /** Where the neighbour stands: it is hashed before ours on the left, after ours on the right. */
  side: 'left' | 'right'
}

/** The steps from leaf `n` of a tree of `size` leaves to its root; null when the path is not that long. */
export function stepsOf(n: number, size: number, path: readonly string[]): ProofStep[] | null {
  let fn = n
  let sn = size - 1
  const steps: ProofStep[] = []
  for (const hash of path) {
    if (sn === 0) return null
    if (fn % 2 === 1 || fn === sn) {
      steps.push({ hash, side: 'left' })
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2)
        sn = Math.floor(sn / 2)
      }
    } else {
      steps.push({ hash, side: 'right' })
    }
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  return sn === 0 ? steps : null
}

const head = 10
const tail = 6

/** A hash short enough to compare by eye. */
export function brief(hash: string): string {
  return hash.length <= head + tail ? hash : `${hash.slice(0, head)}…${hash.slice(-tail)}`
}
