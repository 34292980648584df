import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { answer, api } from '@/api/client'

const pause = 180
const shown = 8
/** The server asks for two characters of a customer. */
const shortest = 2

/** The text once typing has paused, so that a name is asked for and not each of its letters. */
export function usePaused(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** Customers by name, customer number, phone or ID number. */
export function useFoundCustomers(text: string, allowed: boolean) {
  return useQuery({
    queryKey: ['search', 'customers', text],
    queryFn: () => answer(api.GET('/api/search', { params: { query: { q: text } } })),
    select: (found) => found.hits,
    enabled: allowed && text.length >= shortest,
  })
}

/** Products by name or number. */
export function useFoundProducts(text: string, allowed: boolean) {
  return useQuery({
    queryKey: ['search', 'products', text],
    queryFn: () => answer(api.GET('/api/products', { params: { query: { q: text, limit: shown } } })),
    select: (page) => page.items,
    enabled: allowed && text.length > 0,
  })
}
