import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { answer, api } from '@/api/client'
import { useWords } from './lang'
import { kitWords } from './words'

const pause = 180
const shortest = 2
const shown = 20

function usePaused(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

interface PickProps {
  id?: string
  value?: string | undefined
  onChange?: (value: string | undefined) => void
  autoFocus?: boolean
}

/**
 * Choose a customer by name, customer number, phone or ID number; the value is the customer number. In a form (with an
 * id) the field's own label names it.
 */
export function CustomerPick({ id, value, onChange, autoFocus = false }: PickProps) {
  const words = useWords(kitWords)
  const [typed, setTyped] = useState('')
  const text = usePaused(typed.trim())
  const q = text || (value ?? '') // the one chosen is looked up too: people know customers by name
  const found = useQuery({
    queryKey: ['pick', 'customers', q],
    queryFn: () => answer(api.GET('/api/search', { params: { query: { q } } })),
    select: (page) => page.hits.map((hit) => ({ value: hit.customer_no, label: `${hit.name} · ${hit.customer_no}` })),
    enabled: q.length >= shortest,
  })
  return (
    <Select
      {...(id ? { id } : { 'aria-label': words.pickCustomer })}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear
      autoFocus={autoFocus}
      value={value ?? null}
      placeholder={words.pickCustomer}
      loading={found.isFetching}
      options={found.data ?? (value ? [{ value, label: value }] : [])}
      notFoundContent={text.length < shortest ? words.pickType : words.emptyFiltered}
      onChange={(chosen: string | null) => onChange?.(chosen ?? undefined)}
    />
  )
}

/** Choose a product by name or number; the value is the product number. */
export function ProductPick({ id, value, onChange, autoFocus = false }: PickProps) {
  const words = useWords(kitWords)
  const [typed, setTyped] = useState('')
  const text = usePaused(typed.trim())
  const found = useQuery({
    queryKey: ['pick', 'products', text],
    queryFn: () =>
      answer(api.GET('/api/products', { params: { query: { limit: shown, ...(text ? { q: text } : {}) } } })),
    select: (page) =>
      page.items.map((one) => ({
        value: one.product_no,
        label: [one.name, one.risk, one.product_no].filter(Boolean).join(' · '),
      })),
  })
  return (
    <Select
      {...(id ? { id } : { 'aria-label': words.pickProduct })}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear
      autoFocus={autoFocus}
      value={value ?? null}
      placeholder={words.pickProduct}
      loading={found.isFetching}
      options={found.data ?? []}
      notFoundContent={words.emptyFiltered}
      onChange={(chosen: string | null) => onChange?.(chosen ?? undefined)}
    />
  )
}
