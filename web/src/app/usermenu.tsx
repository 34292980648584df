import { LogoutOutlined, UserOutlined } from '@ant-design/icons'
import { useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useKeys } from '@/kit/keys'
import { useWords } from '@/kit/lang'
import { useSignOut } from '@/data/session/queries'
import type { Session } from '@/data/session/wire'
import { sessionWords } from '@/data/session/words'
import { appWords } from './words'

/** Who I am; my account; sign out. A plain menu: the entry bundle stays small. */
export function UserMenu({ session }: { session: Session }) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const words = useWords(appWords)
  const names = useWords(sessionWords)
  const navigate = useNavigate()
  const signOut = useSignOut()
  useKeys({ Escape: () => setOpen(false) }, open)
  useEffect(() => {
    if (!open) return undefined
    const away = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])
  const roles = session.roles.map((role) => names.roleNames[role] ?? role).join(' · ')
  const go = (act: () => void) => () => {
    setOpen(false)
    act()
  }
  const leave = () =>
    signOut.mutate(undefined, { onSettled: () => void navigate('/sign-in?why=out', { replace: true }) })
  return (
    <div className="shell-user" ref={box}>
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        title={session.display}
      >
        <span className="shell-avatar" aria-hidden>
          {session.display.slice(0, 1)}
        </span>
        <span className="shell-user-name">
          <b>{session.display}</b>
          <small>{roles}</small>
        </span>
      </button>
      {open && (
        <div className="shell-menu" role="menu">
          <button type="button" role="menuitem" onClick={go(() => void navigate('/me'))}>
            <UserOutlined /> {words.me}
          </button>
          <button type="button" role="menuitem" onClick={go(leave)}>
            <LogoutOutlined /> {words.signOut}
          </button>
        </div>
      )}
    </div>
  )
}
