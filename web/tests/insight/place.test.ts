import { expect, test } from 'vitest'
import { stretch } from '@/insight/segments/parts/place'

test('the word at the place is marked, with what stands around it', () => {
  expect(stretch('age > 30 and loginn_30d > 3', 14)).toEqual(['age > 30 and ', 'loginn_30d', ' > 3'])
  expect(stretch('segment.高净值 and x', 1)).toEqual(['', 'segment.高净值', ' and x'])
  expect(stretch("name = '张三", 8)).toEqual(['name = ', "'张三", ''])
})

test('a place at or beyond the end marks nothing and fails nothing', () => {
  expect(stretch('age >', 6)).toEqual(['age >', '', ''])
  expect(stretch('', 9)).toEqual(['', '', ''])
})

test('a long rule is cut on both sides of the place', () => {
  const [before, wrong, after] = stretch(`${'a > 1 and '.repeat(20)}bad = 1 and ${'c > 2 and '.repeat(20)}`, 201)
  expect(wrong).toBe('bad')
  expect(before).toHaveLength(29)
  expect(after).toHaveLength(28)
})
