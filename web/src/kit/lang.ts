import { createContext, useContext } from 'react'

export type Lang = 'zh' | 'en'

/** The words of one capability in both languages; `en` must say everything `zh` says. */
export interface Words<T> {
  zh: T
  en: { [K in keyof T]: T[K] extends string ? string : T[K] }
}

/** States the words of a capability, Chinese first. */
export function words<T>(zh: T, en: Words<T>['en']): Words<T> {
  return { zh, en }
}

export const LangContext = createContext<Lang>('zh')

/** The words of a capability in the reader's language. */
export function useWords<T>(book: Words<T>): T {
  return useContext(LangContext) === 'zh' ? book.zh : (book.en as T)
}

export function useLang(): Lang {
  return useContext(LangContext)
}
