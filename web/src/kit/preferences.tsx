import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { LangContext, type Lang } from './lang'
import { cssVariables, type Mode } from './tokens'

export type ThemeChoice = Mode | 'system'

interface Chosen {
  lang: Lang
  theme: ThemeChoice
  compact: boolean
}

interface Preferences extends Chosen {
  mode: Mode
  set: (change: Partial<Chosen>) => void
}

const storageKey = 'liuke.preferences'
const defaults: Chosen = { lang: 'zh', theme: 'system', compact: false }
const Context = createContext<Preferences | null>(null)

/** Language, theme and row density: taste of this device, not data of the bank. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [chosen, setChosen] = useState(load)
  const system = useSystemMode()
  const mode = chosen.theme === 'system' ? system : chosen.theme
  const set = useCallback((change: Partial<Chosen>) => {
    setChosen((before) => {
      const after = { ...before, ...change }
      localStorage.setItem(storageKey, JSON.stringify(after))
      return after
    })
  }, [])
  useEffect(() => {
    const root = document.documentElement
    for (const [name, value] of Object.entries(cssVariables(mode))) root.style.setProperty(name, value)
    root.style.colorScheme = mode
    root.dataset['mode'] = mode
    root.lang = chosen.lang === 'zh' ? 'zh-CN' : 'en'
  }, [mode, chosen.lang])
  const value = useMemo(() => ({ ...chosen, mode, set }), [chosen, mode, set])
  return (
    <Context value={value}>
      <LangContext value={chosen.lang}>{children}</LangContext>
    </Context>
  )
}

export function usePreferences(): Preferences {
  const value = use(Context)
  if (!value) throw new Error('PreferencesProvider is missing')
  return value
}

function load(): Chosen {
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Chosen>) }
  } catch {
    return defaults
  }
}

function useSystemMode(): Mode {
  const query = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), [])
  const [isDark, setIsDark] = useState(query.matches)
  useEffect(() => {
    const listen = () => setIsDark(query.matches)
    query.addEventListener('change', listen)
    return () => query.removeEventListener('change', listen)
  }, [query])
  return isDark ? 'dark' : 'light'
}
