import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { App, ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { ActorContext } from '@/kit/actor'
import { PreferencesProvider } from '@/kit/preferences'

/** A part of a page with everything a page has around it. */
export function inside(part: ReactNode, { permissions = [], at = '/' }: { permissions?: string[]; at?: string } = {}) {
  const actor = { login: 'me', display: '我', scope: 'book', permissions: new Set(permissions) }
  return render(
    <PreferencesProvider>
      <ConfigProvider button={{ autoInsertSpace: false }}>
        <App>
          <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
            <ActorContext value={actor}>
              <MemoryRouter initialEntries={[at]}>{part}</MemoryRouter>
            </ActorContext>
          </QueryClientProvider>
        </App>
      </ConfigProvider>
    </PreferencesProvider>,
  )
}
