import { MenuOutlined, QuestionCircleOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Drawer, Tooltip } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { Link, NavLink, Outlet, useLocation, useNavigate } from 'react-router'
import { ActorContext, type SignedIn } from '@/kit/actor'
import { BlockSkeleton } from '@/kit/faces'
import { useKeys } from '@/kit/keys'
import { useWords } from '@/kit/lang'
import { useNarrow } from '@/kit/screen'
import { LangSwitch, ThemeSwitch } from '@/kit/switches'
import { size } from '@/kit/tokens'
import { Wordmark } from '@/kit/wordmark'
import { kitWords } from '@/kit/words'
import type { Session } from '@/data/session/wire'
import { groupsFor, itemWord } from './nav'
import { UserMenu } from './usermenu'
import { appWords } from './words'

const Palette = lazy(() => import('./palette').then((module) => ({ default: module.Palette })))
const Help = lazy(() => import('./help').then((module) => ({ default: module.Help })))

type Over = 'search' | 'help' | 'nav' | null

/** The frame of every page: navigation, search, the reader's own menu. */
export function Shell({ session }: { session: Session }) {
  const [over, setOver] = useState<Over>(null)
  const navigate = useNavigate()
  const words = useWords(appWords)
  const narrow = useNarrow()
  const permissions = new Set(session.permissions)
  const actor: SignedIn = { login: session.login, display: session.display, scope: session.scope, permissions }
  useKeys({
    '/': () => setOver('search'),
    'ctrl+k': () => setOver('search'),
    '?': () => setOver('help'),
    g: () => void navigate('/'),
  })
  const nav = <Navigation session={session} permissions={permissions} onGo={() => setOver(null)} />
  return (
    <ActorContext value={actor}>
      <div className="shell">
        <a className="shell-skip" href="#content">
          {words.skip}
        </a>
        {!narrow && (
          <aside className="shell-side">
            <Link to="/" className="shell-mark">
              <Wordmark />
            </Link>
            {nav}
          </aside>
        )}
        <Header session={session} onOver={setOver} />
        <main className="shell-main" id="content" tabIndex={-1}>
          <Suspense fallback={<BlockSkeleton rows={8} />}>
            <Outlet />
          </Suspense>
        </main>
        <Drawer
          open={over === 'nav'}
          placement="left"
          size={size.nav + size.header}
          onClose={() => setOver(null)}
          title={<Wordmark />}
        >
          {nav}
        </Drawer>
        <Suspense>
          {over === 'search' && <Palette permissions={permissions} onClose={() => setOver(null)} />}
          {over === 'help' && <Help onClose={() => setOver(null)} />}
        </Suspense>
      </div>
    </ActorContext>
  )
}

function Header({ session, onOver }: { session: Session; onOver: (over: Over) => void }) {
  const words = useWords(appWords)
  const kit = useWords(kitWords)
  return (
    <header className="shell-head">
      <Button
        className="shell-burger"
        type="text"
        icon={<MenuOutlined />}
        aria-label={kit.openMenu}
        onClick={() => onOver('nav')}
      />
      <button type="button" className="shell-search" onClick={() => onOver('search')}>
        <SearchOutlined />
        <span className="shell-search-long">
          {session.permissions.includes('customer.read') ? words.search : words.searchPages}
        </span>
        <span className="shell-search-short">{words.searchShort}</span>
        <kbd>/</kbd>
      </button>
      <div className="shell-tools">
        <Tooltip title={words.helpButton}>
          <Button
            className="shell-help"
            type="text"
            icon={<QuestionCircleOutlined />}
            aria-label={words.help}
            onClick={() => onOver('help')}
          />
        </Tooltip>
        <LangSwitch />
        <ThemeSwitch />
        <UserMenu session={session} />
      </div>
    </header>
  )
}

function Navigation({ session, permissions, onGo }: { session: Session; permissions: Set<string>; onGo: () => void }) {
  const words = useWords(appWords)
  const { pathname } = useLocation()
  const ownBook = session.scope === 'book'
  return (
    <nav className="shell-nav" aria-label={words.nav}>
      {groupsFor(permissions).map((group) => (
        <section key={group.key}>
          <h2>{words.groups[group.key]}</h2>
          {group.items.map((item) => (
            <NavLink
              key={item.key}
              to={item.path}
              onClick={onGo}
              className={() => (pathname.startsWith(item.path) ? 'shell-item shell-item-on' : 'shell-item')}
            >
              {item.icon}
              <span>{words.items[itemWord(item, ownBook)]}</span>
            </NavLink>
          ))}
        </section>
      ))}
    </nav>
  )
}
