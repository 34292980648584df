import type { Rows } from '@/kit/table'

const debtKinds = ['loan', 'credit_card']

/** Whether an account is what the customer owes. */
export const isDebt = (kind: string): boolean => debtKinds.includes(kind)

/** A list that came with the page, as the rows of a table. */
export const listed = <T>(items: T[]): Rows<T> => ({
  items,
  error: null,
  isPending: false,
  refetch: () => undefined,
})
