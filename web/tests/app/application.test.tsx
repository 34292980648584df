import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { routes } from '../bank/routes'

// The client keeps the fetch it first saw, so ours must stand before the application is read.
vi.hoisted(() => {
  globalThis.fetch = (input) =>
    (globalThis as unknown as { bank: (request: Request) => Promise<Response> }).bank(input as Request)
})
const { Root } = await import('@/app/root')

interface Asked {
  method: string
  path: string
  csrf: string | null
}

let asked: Asked[] = []
let signedIn = true

/** The imagined bank behind the real client. */
async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url)
  asked.push({ method: request.method, path: url.pathname, csrf: request.headers.get('x-csrf-token') })
  await Promise.resolve()
  if (!signedIn && url.pathname !== '/api/session/options') {
    return Response.json({ status: 401, code: 'unauthenticated', detail: '请先登录。' }, { status: 401 })
  }
  for (const [pattern, tell] of routes) {
    const match = url.pathname.match(pattern)
    if (match) return Response.json(tell(match, url.searchParams))
  }
  return Response.json({ status: 404, detail: '没有找到' }, { status: 404 })
}

beforeEach(() => {
  asked = []
  signedIn = true
  vi.stubGlobal('bank', answer)
})
afterEach(() => vi.unstubAllGlobals)

describe('the application', () => {
  test('a stranger is asked to sign in and keeps the page they wanted', async () => {
    signedIn = false
    history.replaceState(null, '', '/customers?tier=hnw')
    render(<Root />)
    expect(await screen.findByLabelText('账号', {}, { timeout: 15_000 })).toBeTruthy()
    expect(new URLSearchParams(location.search).get('next')).toBe('/customers?tier=hnw')
    expect(screen.queryByText(/登录已过期/)).toBeNull()
  })

  test('a relationship manager lands on their customers, and an expired session is told', async () => {
    history.replaceState(null, '', '/')
    render(<Root />)
    expect(await screen.findByRole('heading', { name: '我的客户' }, { timeout: 15_000 })).toBeTruthy()
    expect(await screen.findByText('欧阳**')).toBeTruthy()
    signedIn = false
    fireEvent.click(screen.getByRole('tab', { name: '高净值' }))
    expect(await screen.findByText(/登录已过期/, {}, { timeout: 15_000 })).toBeTruthy()
    expect(new URLSearchParams(location.search).get('next')).toBe('/customers?tier=hnw')
  })

  test('what changes something carries the token against forgery', async () => {
    history.replaceState(null, '', '/sources')
    render(<Root />)
    fireEvent.click(await screen.findByText('加载全部新文件', {}, { timeout: 15_000 }))
    await waitFor(() => expect(asked.some((one) => one.method === 'POST' && one.csrf === 'token')).toBe(true))
    expect(asked.filter((one) => one.method === 'GET').every((one) => one.csrf === null)).toBe(true)
  })
})
