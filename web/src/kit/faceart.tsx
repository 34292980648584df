export type FaceKind = 'empty' | 'filtered' | 'error' | 'forbidden' | 'missing'

const marks: Record<FaceKind, string> = {
  empty: 'M38 44h44M38 54h30M38 64h36',
  filtered: 'M44 40h32l-12 15v15l-8 4V55z',
  error: 'M60 38v22M60 70v1',
  forbidden: 'M50 54v-6a10 10 0 0 1 20 0v6M46 54h28v20H46z',
  missing: 'M52 48a8 8 0 1 1 11 7c-2 1-3 3-3 6M60 71v1',
}

/** A quiet line drawing: a sheet of paper with one mark. */
export function FaceArt({ kind }: { kind: FaceKind }) {
  return (
    <svg className="lk-face-art" viewBox="0 0 120 104" aria-hidden>
      <ellipse cx="60" cy="95" rx="42" ry="5" className="lk-art-shade" />
      <path d="M28 14h50l16 16v58a4 4 0 0 1-4 4H28a4 4 0 0 1-4-4V18a4 4 0 0 1 4-4z" className="lk-art-sheet" />
      <path d="M78 14v12a4 4 0 0 0 4 4h12" className="lk-art-fold" />
      <path d={marks[kind]} className="lk-art-mark" />
    </svg>
  )
}
