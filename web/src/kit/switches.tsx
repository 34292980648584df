import { DesktopOutlined, MoonOutlined, SunOutlined, TranslationOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useWords, words } from './lang'
import { usePreferences, type ThemeChoice } from './preferences'

const book = words(
  { language: '切换语言', toEnglish: 'EN', light: '浅色', dark: '深色', system: '跟随系统', theme: '外观' },
  { language: 'Switch language', toEnglish: '中', light: 'Light', dark: 'Dark', system: 'System', theme: 'Appearance' },
)

export function LangSwitch() {
  const say = useWords(book)
  const { lang, set } = usePreferences()
  return (
    <Tooltip title={say.language}>
      <Button
        type="text"
        icon={<TranslationOutlined />}
        aria-label={say.language}
        onClick={() => set({ lang: lang === 'zh' ? 'en' : 'zh' })}
      >
        {say.toEnglish}
      </Button>
    </Tooltip>
  )
}

const order: ThemeChoice[] = ['light', 'dark', 'system']
const icons = { light: <SunOutlined />, dark: <MoonOutlined />, system: <DesktopOutlined /> }

/** Light, dark, as the system: one button that walks through the three. */
export function ThemeSwitch() {
  const say = useWords(book)
  const { theme, set } = usePreferences()
  const next = order[(order.indexOf(theme) + 1) % order.length] ?? 'system'
  const label = `${say.theme}: ${say[theme]}`
  return (
    <Tooltip title={label}>
      <Button type="text" icon={icons[theme]} aria-label={label} onClick={() => set({ theme: next })} />
    </Tooltip>
  )
}
