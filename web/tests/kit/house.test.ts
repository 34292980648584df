import { readFileSync, globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Words } from '@/kit/lang'
import { palette, riskColours, seriesColours } from '@/kit/tokens'

const books = import.meta.glob<Record<string, unknown>>('../../src/**/{words,terms}.ts', { eager: true })

const isBook = (value: unknown): value is Words<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && 'zh' in value && 'en' in value

/** Every path to a text in a book of words; a function is called with a number. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, String((value as (given: unknown) => unknown)('1'))]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, `${path}.${name}`))
}

describe('words', () => {
  const found = Object.entries(books).flatMap(([file, module]) =>
    Object.values(module)
      .filter(isBook)
      .map((book): [string, Words<Record<string, unknown>>] => [file, book]),
  )
  test('there are books of words', () => expect(found.length).toBeGreaterThan(8))
  test.each(found)('%s says everything in Chinese and in English', (_file, book) => {
    const [zh, en] = [texts(book.zh, ''), texts(book.en, '')]
    expect(en.map(([path]) => path).sort()).toEqual(zh.map(([path]) => path).sort())
    expect([...zh, ...en].filter(([, text]) => text.trim() === '')).toEqual([])
  })
  test.each(found)('%s writes Chinese with Chinese punctuation', (_file, book) => {
    const bad = texts(book.zh, '').filter(([, text]) => /[\u4e00-\u9fff][,;?!]/.test(text))
    expect(bad).toEqual([])
  })
  test.each(found)('%s leaves no Chinese in its English', (file, book) => {
    const allowed = /wordmark/.test(file)
    const bad = texts(book.en, '').filter(([, text]) => /[\u4e00-\u9fff]/.test(text))
    expect(allowed ? [] : bad).toEqual([])
  })
})

describe('tokens', () => {
  test('style sheets name no colour of their own', () => {
    const bad = globSync('src/**/*.css').filter((file) =>
      /#[0-9a-fA-F]{3,8}\b|rgba?\(/.test(readFileSync(file, 'utf8')),
    )
    expect(bad).toEqual([])
  })

  const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  const light = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(parseInt(hex.slice(at, at + 2), 16) / 255))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number]
    return (high + 0.05) / (low + 0.05)
  }
  // 4.5 : 1 for text, WCAG 2.2 success criterion 1.4.3.
  test.each(['light', 'dark'] as const)('text of the %s theme can be read on its ground', (mode) => {
    const c = palette[mode]
    const pairs: [string, string][] = [
      [c.text, c.surface],
      [c.textSoft, c.surface],
      [c.primary, c.surface],
      [c.good, c.goodSoft],
      [c.warn, c.warnSoft],
      [c.bad, c.badSoft],
      [c.accent, c.accentSoft],
      [c.gold, c.goldSoft],
      [c.plum, c.plumSoft],
      [c.onPrimary, c.primary],
      ...riskColours[mode].map((colour): [string, string] => [colour, c.surface]),
    ]
    expect(pairs.filter(([front, back]) => contrast(front, back) < 4.5)).toEqual([])
  })
  test('neighbouring series of a chart can be told apart', () => {
    for (const colours of Object.values(seriesColours)) expect(new Set(colours).size).toBe(colours.length)
  })
})
