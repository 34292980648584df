import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { Allowed } from '@/app/guard'
import { inside } from '../inside'

test('a page without its permission shows the face that says so', () => {
  inside(<Allowed permission="source.read">内容</Allowed>)
  expect(screen.queryByText('内容')).toBeNull()
  expect(screen.getByText('您没有查看这里的权限')).toBeTruthy()
})

test('a page with its permission is shown', () => {
  inside(<Allowed permission="source.read">内容</Allowed>, { permissions: ['source.read'] })
  expect(screen.getByText('内容')).toBeTruthy()
})
