import { describe, expect, test } from 'vitest'
import { bytes, chance, date, dateTime, daysUntil, duration, moneyExact, moneyShort, percent, rate } from '@/kit/format'

describe('money', () => {
  test.each([
    [0, '0.00 元'],
    [1, '0.01 元'],
    [999_999, '9,999.99 元'],
    [1_000_000, '1.00 万'],
    [123_456_789, '123.46 万'],
    [9_999_999_999, '1.00 亿'],
    [10_000_000_000, '1.00 亿'],
    [-1_234_500, '-1.23 万'],
  ])('%i 分 is short %s', (minor, text) => {
    expect(moneyShort(minor, 'CNY', 'zh')).toBe(text)
  })
  test('rounding half goes away from zero, and the sign stays', () => {
    expect(moneyShort(1_005_000_000, 'CNY', 'zh')).toBe('1,005.00 万')
    expect(moneyShort(-1, 'CNY', 'zh')).toBe('-0.01 元')
  })
  test('English counts in thousands, and another currency says its name', () => {
    expect(moneyShort(123_456_789, 'CNY', 'en')).toBe('1.23M')
    expect(moneyShort(250_000, 'USD', 'zh')).toBe('US$2,500.00')
  })
  test('the exact amount keeps every digit of its currency', () => {
    expect(moneyExact(123_456_789, 'CNY')).toBe('¥1,234,567.89')
    expect(moneyExact(-5, 'CNY')).toBe('-¥0.05')
    expect(moneyExact(1234, 'JPY')).toBe('JP¥1,234')
    expect(moneyExact(900_719_925_474_099, 'CNY')).toBe('¥9,007,199,254,740.99')
  })
})

describe('ratios', () => {
  test('a gain carries its sign only when asked', () => {
    expect(percent(0.1234)).toBe('12.3%')
    expect(percent(0.1234, { sign: true })).toBe('+12.3%')
    expect(percent(-0.1234, { sign: true })).toBe('-12.3%')
  })
  test('what rounds to nothing has no sign', () => {
    expect(percent(-0.00001, { sign: true })).toBe('0.0%')
  })
  test('a rate comes from basis points', () => expect(rate(235)).toBe('2.35%'))
  test('a probability never claims certainty it does not have', () => {
    expect(chance(0.99999)).toBe('>99.9%')
    expect(chance(0.00001)).toBe('<0.1%')
    expect(chance(1)).toBe('100.0%')
    expect(chance(0.5)).toBe('50.0%')
  })
})

describe('time', () => {
  test('an instant is shown in the time of the bank', () => {
    expect(dateTime('2026-03-01T17:30:00Z')).toBe('2026-03-02 01:30')
    expect(date('2026-03-01T17:30:00Z')).toBe('2026-03-02')
    expect(date('2026-03-01')).toBe('2026-03-01')
    expect(date(null)).toBe('—')
  })
  test('days are counted by calendar', () => {
    expect(daysUntil('2026-03-02', '2026-03-01')).toBe(1)
    expect(daysUntil('2026-02-28', '2026-03-01')).toBe(-1)
  })
  test('durations read as people say them', () => {
    expect(duration(0.3, 'zh')).toBe('不到 1 秒')
    expect(duration(75, 'zh')).toBe('1 分 15 秒')
    expect(duration(3_720, 'en')).toBe('1 h 2 min')
  })
  test('sizes step by 1024', () => expect(bytes(18_232_113)).toBe('17.4 MB'))
})
