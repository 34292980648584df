import { App, Segmented } from 'antd'
import { Fact, Facts, StatusTag } from '@/kit/badge'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { usePreferences } from '@/kit/preferences'
import { kitWords } from '@/kit/words'
import { PasswordForm } from './parts/password'
import { SessionsPanel } from './parts/sessions'
import { TotpPanel } from './parts/totp'
import { useSession } from './queries'
import { sessionWords } from './words'

/** The signed-in user's own page. */
export function MePage() {
  const words = useWords(sessionWords)
  const { message } = App.useApp()
  const session = useSession().data
  if (!session) return null
  return (
    <Page title={words.me} note={words.meNote}>
      <div className="lk-grid">
        <Panel title={words.identity} className="lk-span-6">
          <Facts columns={2}>
            <Fact name={words.login}>
              {session.display} ({session.login})
            </Fact>
            <Fact name={words.staffNo}>{session.staff_no || '—'}</Fact>
            <Fact name={words.roles}>
              <span className="lk-row">
                {session.roles.map((role) => (
                  <StatusTag key={role} tone="primary">
                    {words.roleNames[role] ?? role}
                  </StatusTag>
                ))}
              </span>
            </Fact>
            <Fact name={words.scope}>{words.scopeNames[session.scope] ?? session.scope}</Fact>
          </Facts>
        </Panel>
        <PreferencesPanel />
        <Panel title={words.password} className="lk-span-6">
          <PasswordForm onDone={() => void message.success(words.changed)} />
        </Panel>
        <TotpPanel enabled={session.totp_enabled} />
        <SessionsPanel />
      </div>
    </Page>
  )
}

function PreferencesPanel() {
  const words = useWords(sessionWords)
  const kit = useWords(kitWords)
  const { lang, theme, compact, set } = usePreferences()
  const languages = [
    { label: '中文', value: 'zh' as const },
    { label: 'English', value: 'en' as const },
  ]
  const themes = (['light', 'dark', 'system'] as const).map((value) => ({ label: words[value], value }))
  const densities = [
    { label: kit.comfortable, value: false },
    { label: kit.compact, value: true },
  ]
  return (
    <Panel title={words.preferences} className="lk-span-6">
      <Facts columns={2}>
        <Fact name={words.language}>
          <Segmented options={languages} value={lang} onChange={(value) => set({ lang: value })} />
        </Fact>
        <Fact name={words.theme}>
          <Segmented options={themes} value={theme} onChange={(value) => set({ theme: value })} />
        </Fact>
        <Fact name={words.density}>
          <Segmented options={densities} value={compact} onChange={(value) => set({ compact: value })} />
        </Fact>
      </Facts>
    </Panel>
  )
}
