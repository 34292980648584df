import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

type Values = Record<string, string | undefined>

/** What a page filters by lives in the address, so that a view can be kept as a bookmark and sent to a colleague. */
export function useAddress(): [URLSearchParams, (change: Values) => void] {
  const [params, setParams] = useSearchParams()
  const change = useCallback(
    (values: Values) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [name, value] of Object.entries(values)) {
            if (value) after.set(name, value)
            else after.delete(name)
          }
          return after
        },
        { replace: true },
      )
    },
    [setParams],
  )
  return [params, change]
}
