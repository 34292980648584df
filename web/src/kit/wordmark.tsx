import { useWords, words } from './lang'

const book = words({ name: '留客', sub: 'Liuke' }, { name: 'Liuke', sub: '留客' })

/** The product's sign and name. */
export function Wordmark({ large = false }: { large?: boolean }) {
  const name = useWords(book)
  return (
    <span className={`lk-wordmark${large ? ' lk-wordmark-large' : ''}`}>
      <svg viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="7" />
        <path d="M9 7v14a4 4 0 0 0 4 4h10" />
        <circle cx="20" cy="12.5" r="4" />
      </svg>
      <b>{name.name}</b>
      <small>{name.sub}</small>
    </span>
  )
}
