import { describe, expect, test } from 'vitest'
import { groupsFor, landing } from '@/app/nav'
import { safeNext } from '@/data/session/next'

const paths = (permissions: string[]) =>
  groupsFor(new Set(permissions)).flatMap((group) => group.items.map((item) => item.path))

describe('navigation', () => {
  test('only what a user may open is offered', () => {
    expect(paths(['customer.read', 'product.read'])).toEqual(['/customers', '/groups', '/products'])
    expect(paths(['source.read', 'job.read'])).toEqual(['/sources', '/events', '/jobs'])
    expect(paths([])).toEqual([])
  })
  test('an empty group is not shown', () => {
    expect(groupsFor(new Set(['job.read'])).map((group) => group.key)).toEqual(['admin'])
  })
})

describe('the first page', () => {
  test.each([
    ['rm', ['customer.read'], '/customers'],
    ['data_engineer', ['source.read', 'job.read'], '/sources'],
    ['security_admin', ['org.read'], '/org'],
    ['rm', ['product.read'], '/products'],
  ])('%s with %s starts at %s', (role, permissions, path) => {
    expect(landing([role], new Set(permissions))).toBe(path)
  })
  test('a user without any permission has none', () => expect(landing(['rm'], new Set())).toBeNull())
})

describe('the page after signing in', () => {
  test.each([
    ['/customers?tier=hnw', '/customers?tier=hnw'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/sign-in?next=/', '/'],
    [null, '/'],
  ])('%s leads to %s', (next, path) => expect(safeNext(next)).toBe(path))
})
