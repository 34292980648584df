import { useEffect, useRef } from 'react'

type Keys = Record<string, (event: KeyboardEvent) => void>

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Keys of a page, by `event.key` (`j`, `Escape`, `ctrl+k`). Single letters keep quiet while somebody is typing. */
export function useKeys(keys: Keys, active = true): void {
  const current = useRef(keys)
  useEffect(() => {
    current.current = keys
  })
  useEffect(() => {
    if (!active) return undefined
    const listen = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey
      if (event.altKey || event.isComposing) return
      if (!chord && typing(event.target)) return
      const name = `${chord ? 'ctrl+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`
      const act = current.current[name]
      if (!act) return
      event.preventDefault()
      act(event)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [active])
}
