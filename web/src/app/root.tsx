import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect, useMemo } from 'react'
import { RouterProvider } from 'react-router'
import { whenSignedOut } from '@/api/client'
import { ApiError } from '@/api/errors'
import { expiredKey, sessionKey } from '@/data/session/queries'
import { PreferencesProvider, usePreferences } from '@/kit/preferences'
import { themeOf } from '@/kit/theme'
import { createRouter } from './routes'

const retries = 2

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => error instanceof ApiError && error.status === 503 && failures < retries,
      },
    },
  })
}

/** Everything around the pages: preferences, theme, server state, routes. */
export function Root() {
  return (
    <PreferencesProvider>
      <Themed />
    </PreferencesProvider>
  )
}

function Themed() {
  const { mode, lang, compact } = usePreferences()
  const client = useMemo(() => createQueryClient(), [])
  const router = useMemo(() => createRouter(), [])
  const theme = useMemo(() => themeOf(mode, compact), [mode, compact])
  useEffect(() => {
    dayjs.locale(lang === 'zh' ? 'zh-cn' : 'en')
  }, [lang])
  useEffect(() => {
    whenSignedOut(() => {
      if (!client.getQueryData(sessionKey)) return
      client.setQueryData(expiredKey, true)
      client.setQueryData(sessionKey, null)
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    })
  }, [client])
  return (
    <ConfigProvider locale={lang === 'zh' ? zh : en} theme={theme} button={{ autoInsertSpace: false }}>
      <App className="lk-app">
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
