/** What is known of a recording's file, read on this computer. */
export interface Media {
  digest: string
  bytes: number
  seconds: number | null
}

const radix = 16
const pair = 2

/** SHA-256, size and length of a file; rejects where the browser cannot (no secure connection, too large). */
export async function measure(file: File): Promise<Media> {
  const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  const digest = [...new Uint8Array(hash)].map((one) => one.toString(radix).padStart(pair, '0')).join('')
  return { digest, bytes: file.size, seconds: await lengthOf(file) }
}

/** Whole seconds of a film or sound; null where the browser cannot play it. */
function lengthOf(file: File): Promise<number | null> {
  return new Promise((done) => {
    const film = document.createElement('video')
    const address = URL.createObjectURL(file)
    const tell = (seconds: number | null) => {
      URL.revokeObjectURL(address)
      done(seconds)
    }
    film.preload = 'metadata'
    film.onloadedmetadata = () => tell(Number.isFinite(film.duration) ? Math.max(1, Math.floor(film.duration)) : null)
    film.onerror = () => tell(null)
    film.src = address
  })
}

/** Seconds of `m:ss` or of plain seconds; null when it is neither. */
export function secondOf(text: string): number | null {
  const found = /^(?:(\d{1,3}):)?(\d{1,5})$/.exec(text.trim())
  if (!found) return null
  const minutes = Number(found[1] ?? 0)
  const seconds = Number(found[2])
  if (found[1] !== undefined && seconds >= 60) return null
  return minutes * 60 + seconds
}
