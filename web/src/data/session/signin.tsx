import { Alert } from 'antd'
import { Navigate, useNavigate, useSearchParams } from 'react-router'
import { useEffect, type ReactNode } from 'react'
import { useWords } from '@/kit/lang'
import { LangSwitch, ThemeSwitch } from '@/kit/switches'
import { Wordmark } from '@/kit/wordmark'
import { CredentialsForm } from './parts/credentials'
import { PasswordForm } from './parts/password'
import { safeNext } from './next'
import { useSession } from './queries'
import { sessionWords } from './words'
import './signin.css'

/** Sign in: account, password, six digits; a new password when one is due. */
export function SignInPage() {
  const words = useWords(sessionWords)
  const [params] = useSearchParams()
  const next = safeNext(params.get('next'))
  const session = useSession()
  const navigate = useNavigate()
  useEffect(() => {
    document.title = `${words.title} · ${words.product}`
  }, [words])
  if (session.data && !session.data.must_change_password) return <Navigate to={next} replace />
  const due = session.data?.must_change_password
  return (
    <Frame>
      <h1>{due ? words.changeTitle : words.title}</h1>
      {due && <p className="lk-soft">{words.changeHint}</p>}
      {!due && params.get('why') === 'expired' && <Alert type="warning" showIcon title={words.expired} />}
      {!due && params.get('why') === 'out' && <Alert type="success" showIcon title={words.signedOut} />}
      {due ? (
        <PasswordForm large onDone={() => void navigate(next, { replace: true })} />
      ) : (
        <CredentialsForm next={next} />
      )}
    </Frame>
  )
}

function Frame({ children }: { children: ReactNode }) {
  const words = useWords(sessionWords)
  const promises = [
    [words.promise1, words.promise1Text],
    [words.promise2, words.promise2Text],
    [words.promise3, words.promise3Text],
  ]
  return (
    <div className="signin">
      <aside className="signin-story">
        <Wordmark large />
        <p className="signin-line">{words.line}</p>
        <ul>
          {promises.map(([name, text]) => (
            <li key={name}>
              <strong>{name}</strong>
              <span>{text}</span>
            </li>
          ))}
        </ul>
        <Loop />
      </aside>
      <main className="signin-main">
        <div className="signin-switches">
          <LangSwitch />
          <ThemeSwitch />
        </div>
        <div className="signin-form">{children}</div>
        <p className="signin-notice">{words.notice}</p>
      </main>
    </div>
  )
}

/** The loop the product turns: many records come together into one customer. */
function Loop() {
  const rings = [60, 100, 140, 180]
  return (
    <svg className="signin-art" viewBox="0 0 400 400" aria-hidden>
      {rings.map((radius) => (
        <circle key={radius} cx="200" cy="200" r={radius} />
      ))}
      <path d="M200 20v360M20 200h360M73 73l254 254M73 327L327 73" />
      {rings.map((radius, index) => (
        <circle
          key={radius}
          className="signin-node"
          cx={200 + radius * Math.cos(index * 1.9)}
          cy={200 + radius * Math.sin(index * 1.9)}
          r="5"
        />
      ))}
      <circle className="signin-core" cx="200" cy="200" r="16" />
    </svg>
  )
}
