import { probe } from './tokens'

/** System Chinese fonts first; ours are fetched only on a machine that has none. */

let arriving: Promise<unknown> | null = null

/** Whether the machine can draw Han characters: two different ones look different. */
export function hasHanFont(): boolean {
  const canvas = document.createElement('canvas')
  const draw = canvas.getContext('2d', { willReadFrequently: true })
  if (!draw) return true
  const { side, x, y, font } = probe
  canvas.width = side
  canvas.height = side
  const [first, second] = ['贷', '款'].map((han) => {
    draw.clearRect(0, 0, side, side)
    draw.font = font
    draw.fillText(han, x, y)
    return draw.getImageData(0, 0, side, side).data.join()
  })
  return first !== second
}

/** Fetches our Chinese font where the machine has none. */
export function bringFonts(): void {
  if (!hasHanFont()) arriving = import('./fonts.css')
}

/** Resolves when the text can be measured: a canvas keeps the widths of the font it first saw. */
export async function fontsReady(text: string): Promise<void> {
  if (!arriving) return
  await arriving
  await document.fonts.load(probe.ours, text)
}
