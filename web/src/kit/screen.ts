import { useMemo, useSyncExternalStore } from 'react'
import { size } from './tokens'

/** Whether the window is as narrow as a phone: cards instead of tables, a drawer instead of the side navigation. */
export function useNarrow(): boolean {
  const query = useMemo(() => matchMedia(`(max-width: ${size.phone - 1}` + 'px)'), [])
  return useSyncExternalStore(
    (tell) => {
      query.addEventListener('change', tell)
      return () => query.removeEventListener('change', tell)
    },
    () => query.matches,
  )
}
