/** Every colour and pixel of Liuke. Nothing outside this file names one. */

export type Mode = 'light' | 'dark'

/** Steps of the 8-px grid (half a step where type needs it). */
export const space = { half: 4, s1: 8, s1h: 12, s2: 16, s3: 24, s4: 32, s5: 40, s6: 48, s8: 64 } as const

export const size = {
  font: 14,
  small: 12,
  large: 16,
  title: 20,
  figure: 24,
  radius: 6,
  nav: 208,
  header: 56,
  page: 1680,
  form: 400,
  drawer: 480,
  drawerWide: 880,
  chart: 260,
  chartSmall: 160,
  chartTall: 360,
  phone: 768,
  key: 22,
} as const

/** Widths of table columns, so that the same kind of column is equally wide on every page. */
export const col = { tiny: 64, short: 88, normal: 120, wide: 160, name: 200, text: 280 } as const

export const fontFamily =
  '"PingFang SC","Microsoft YaHei","HarmonyOS Sans SC","Noto Sans CJK SC","Source Han Sans SC","Noto Sans SC Variable","Noto Sans Hans",sans-serif'
export const fontCode = `"SF Mono",Consolas,"Cascadia Mono","Liberation Mono",Menlo,monospace,${fontFamily}`

/** How a canvas is asked whether the machine has a Chinese face, and the face we bring when it has none. */
export const probe = { side: 32, x: 2, y: 26, font: '24px sans-serif', ours: '14px "Noto Sans SC Variable"' } as const

const light = {
  ground: '#F4F6F9',
  surface: '#FFFFFF',
  sunken: '#F0F3F7',
  raised: '#FFFFFF',
  line: '#E3E8EF',
  lineStrong: '#CBD3DE',
  text: '#17212E',
  textSoft: '#54627A',
  textFaint: '#7A879B',
  primary: '#1F4E8C',
  primaryHover: '#2A62AC',
  primarySoft: '#E9F0F9',
  onPrimary: '#FFFFFF',
  accent: '#A84D06',
  accentSoft: '#FDF1E4',
  good: '#14795B',
  goodSoft: '#E5F5EF',
  warn: '#9A6400',
  warnSoft: '#FCF3DC',
  bad: '#B3261E',
  badSoft: '#FCEBEA',
  info: '#2563A8',
  rise: '#C8322B',
  fall: '#14795B',
  gold: '#8A6412',
  goldSoft: '#F8F0DB',
  plum: '#6B4A9E',
  plumSoft: '#F1ECFA',
  shadow: '0 1px 2px rgba(23,33,46,.05), 0 1px 6px rgba(23,33,46,.04)',
  shadowHigh: '0 8px 28px rgba(23,33,46,.14)',
  hero: 'linear-gradient(155deg,#173B6B 0%,#1F4E8C 52%,#2C67AE 100%)',
  onHero: '#FFFFFF',
  onHeroSoft: 'rgba(255,255,255,.78)',
}

export type Palette = typeof light

const dark: Palette = {
  ground: '#0D1218',
  surface: '#151C25',
  sunken: '#10161E',
  raised: '#1C2530',
  line: '#263140',
  lineStrong: '#3A485B',
  text: '#E4EAF2',
  textSoft: '#A3B0C2',
  textFaint: '#8291A6',
  primary: '#6FA3E0',
  primaryHover: '#8DB8EA',
  primarySoft: '#1B2C43',
  onPrimary: '#0B1626',
  accent: '#E9A15B',
  accentSoft: '#37271A',
  good: '#58C39B',
  goodSoft: '#16302A',
  warn: '#E0B252',
  warnSoft: '#332A15',
  bad: '#F08A82',
  badSoft: '#3A1F20',
  info: '#7FB0E8',
  rise: '#F08A82',
  fall: '#58C39B',
  gold: '#E2BE6A',
  goldSoft: '#322A17',
  plum: '#B79BE6',
  plumSoft: '#2A2340',
  shadow: '0 1px 2px rgba(0,0,0,.35)',
  shadowHigh: '0 10px 32px rgba(0,0,0,.55)',
  hero: 'linear-gradient(155deg,#0C1725 0%,#12273F 55%,#19395E 100%)',
  onHero: '#E9F0F8',
  onHeroSoft: 'rgba(233,240,248,.72)',
}

export const palette: Record<Mode, Palette> = { light, dark }

/** Risk from 1 (lowest) to 5: a blue-to-red walk that stays apart for colour-blind eyes; a letter always stands beside it. */
export const riskColours: Record<Mode, readonly [string, string, string, string, string]> = {
  light: ['#2F6FB3', '#13808C', '#8A6B00', '#B4540A', '#A31D2C'],
  dark: ['#7DB2EC', '#55C3CE', '#D9BC4F', '#EE9E5A', '#F27F86'],
}

/** Series of a chart, in order; neighbours differ in lightness as well as in hue. */
export const seriesColours: Record<Mode, readonly string[]> = {
  light: ['#1F4E8C', '#D08A2E', '#2E9C8C', '#8464B4', '#C4576A', '#5E8FCB', '#7D8B3A', '#7A879B'],
  dark: ['#6FA3E0', '#E3AC5F', '#58C3B3', '#B79BE6', '#E88A9A', '#9CC4F0', '#B4C26B', '#8997AC'],
}

const kebab = (name: string): string => name.replaceAll(/[A-Z0-9]+/g, (part) => `-${part.toLowerCase()}`)

/** The same tokens as CSS custom properties, for the style sheets: `--lk-ground`, `--lk-s-2`, `--lk-nav`. */
export function cssVariables(mode: Mode): Record<string, string> {
  const pixels = Object.entries({ ...space, ...size, ...prefixed('col', col) })
  return Object.fromEntries([
    ...Object.entries(palette[mode]).map(([name, value]) => [`--lk-${kebab(name)}`, value]),
    ...pixels.map(([name, value]) => [`--lk-${kebab(name)}`, `${value}px`]),
    ...riskColours[mode].map((value, index) => [`--lk-risk-${index + 1}`, value]),
    ['--lk-font-family', fontFamily],
    ['--lk-font-code', fontCode],
  ])
}

function prefixed(prefix: string, widths: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(widths).map(([name, value]) => [`${prefix}-${name}`, value]))
}
