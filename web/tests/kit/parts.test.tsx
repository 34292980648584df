import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, test, vi } from 'vitest'
import { ApiError, Offline } from '@/api/errors'
import { RiskBadge, TierBadge } from '@/kit/badge'
import { Fault } from '@/kit/faces'
import { Trend } from '@/kit/figure'
import { Money } from '@/kit/money'
import { DataTable, type Column, type Rows } from '@/kit/table'
import { inside } from '../inside'

describe('figures on screen', () => {
  test('money shows its size and keeps the exact value on hover', () => {
    inside(<Money minor={123_456_789} />)
    expect(screen.getByText('123.46 万').title).toBe('¥1,234,567.89')
  })
  test('a missing amount is a dash, never a zero', () => {
    inside(<Money minor={null} />)
    expect(screen.getByText('—')).toBeTruthy()
  })
  test('a fall is an arrow and a sign, not only a colour', () => {
    const { container } = inside(<Trend ratio={-0.2} />)
    expect(container.textContent).toContain('↓')
    expect(container.textContent).toContain('-20.0%')
  })
  test('a risk shows its letter and its word', () => {
    inside(<RiskBadge level="C3" named />)
    expect(screen.getByText('C3')).toBeTruthy()
    expect(screen.getByText('平衡型')).toBeTruthy()
  })
  test('a tier is told in words', () => {
    inside(<TierBadge tier="hnw" />)
    expect(screen.getByText('高净值')).toBeTruthy()
  })
})

describe('faces', () => {
  test('a refusal says so in the words of the server', () => {
    inside(<Fault error={new ApiError(403, { detail: '您没有此项权限。' }, 'r-7')} />)
    expect(screen.getByText('您没有查看这里的权限')).toBeTruthy()
    expect(screen.getByText('您没有此项权限。')).toBeTruthy()
  })
  test('an error gives its request number and a way to retry', () => {
    const retry = vi.fn()
    inside(<Fault error={new ApiError(500, { detail: '系统出现问题' }, 'r-7')} onRetry={retry} />)
    expect(screen.getByText('r-7')).toBeTruthy()
    fireEvent.click(screen.getByText('重试'))
    expect(retry).toHaveBeenCalledOnce()
  })
  test('no network is told apart from an error', () => {
    inside(<Fault error={new Offline('offline')} />)
    expect(screen.getByText('连不上服务器')).toBeTruthy()
  })
})

interface Row {
  id: string
  name: string
}
const columns: Column<Row>[] = [{ key: 'name', title: '姓名', render: (row) => row.name, card: 'title' }]
const rows = (change: Partial<Rows<Row>>): Rows<Row> => ({
  items: [
    { id: '1', name: '甲' },
    { id: '2', name: '乙' },
  ],
  error: null,
  isPending: false,
  refetch: () => undefined,
  ...change,
})
const table = (change: Partial<Rows<Row>>, extra: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) =>
  inside(<DataTable label="表" rows={rows(change)} columns={columns} rowKey={(row) => row.id} {...extra} />)

describe('a list', () => {
  test('waits with a skeleton', () => {
    const { container } = table({ items: undefined, isPending: true })
    expect(container.querySelector('[aria-busy]')).toBeTruthy()
  })
  test('shows its fault', () => {
    table({ items: undefined, error: new ApiError(500, {}, '') })
    expect(screen.getByText('没能取到数据')).toBeTruthy()
  })
  test('tells an empty list from a filter that finds nothing', () => {
    const clear = vi.fn()
    table({ items: [] })
    expect(screen.getByText('这里还没有内容')).toBeTruthy()
    table({ items: [] }, { filtered: true, onClearFilters: clear })
    fireEvent.click(screen.getByText('清除筛选'))
    expect(clear).toHaveBeenCalledOnce()
  })
  test('asks for more only when there is more', () => {
    const more = vi.fn()
    table({ hasMore: true, more })
    fireEvent.click(screen.getByText('加载更多'))
    expect(more).toHaveBeenCalledOnce()
  })
  test('is walked with j and k and opened with Enter', () => {
    const open = vi.fn()
    table({}, { keyboard: true, onOpen: open })
    for (const key of ['j', 'j', 'j', 'k', 'Enter']) fireEvent.keyDown(document, { key })
    expect(open).toHaveBeenCalledWith({ id: '1', name: '甲' })
  })
  test('leaves j and k to a field somebody types in', () => {
    const open = vi.fn()
    table({}, { keyboard: true, onOpen: open })
    const field = document.body.appendChild(document.createElement('input'))
    fireEvent.keyDown(field, { key: 'j' })
    fireEvent.keyDown(document, { key: 'Enter' })
    expect(open).not.toHaveBeenCalled()
    field.remove()
  })
})
