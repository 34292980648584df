import * as admin from './admin.ts'
import { changes, profile, timeline, transactions } from './profile.ts'
import { aSession, customers } from './people.ts'
import { maturities, products, rungs } from './shelf.ts'

type Answer = (match: RegExpMatchArray, search: URLSearchParams) => unknown

/** What the imagined bank answers, by path. The first match counts. */
export const routes: [RegExp, Answer][] = [
  [/^\/api\/session$/, () => aSession()],
  [/^\/api\/session\/options$/, () => ({ oidc: true, oidc_name: null, password_min_length: 12 })],
  [/^\/api\/customers$/, () => ({ items: customers, next_cursor: 'more' })],
  [/^\/api\/customers\/[^/]+$/, () => profile],
  [/^\/api\/customers\/[^/]+\/timeline$/, () => ({ items: timeline, next_cursor: null })],
  [/^\/api\/customers\/[^/]+\/transactions$/, () => ({ items: transactions, next_cursor: null })],
  [/^\/api\/customers\/[^/]+\/changes$/, () => ({ items: changes, next_cursor: null })],
  [/^\/api\/search$/, () => ({ hits: customers.slice(0, 4).map((one) => ({ ...one, matched: 'name' })), more: false })],
  [/^\/api\/ladder$/, () => ({ as_of: '2026-11-21', currency: 'CNY', rungs })],
  [/^\/api\/ladder\/customers$/, () => ({ items: [], next_cursor: null })],
  [/^\/api\/products$/, () => ({ items: products, next_cursor: null })],
  [/^\/api\/products\/(.+)$/, (match) => products.find((one) => one.product_no === match[1])],
  [/^\/api\/maturities$/, () => ({ items: maturities, next_cursor: null })],
  [/^\/api\/sources$/, () => admin.sources],
  [/^\/api\/sources\/loads\/[^/]+$/, () => admin.loadDetail],
  [/^\/api\/sources\/loads\/[^/]+\/quarantine$/, () => ({ items: admin.quarantine, next_cursor: null })],
  [/^\/api\/sources\/lineage$/, () => []],
  [/^\/api\/sources\/[^/]+$/, () => admin.sources[0]],
  [/^\/api\/sources\/[^/]+\/loads$/, () => ({ items: admin.loads, next_cursor: null })],
  [/^\/api\/sources\/[^/]+\/contract$/, () => admin.contract],
  [/^\/api\/identity\/reviews$/, () => ({ items: admin.reviews, next_cursor: null })],
  [/^\/api\/identity\/reviews\/[^/]+$/, () => admin.review],
  [/^\/api\/identity\/previews$/, () => admin.preview],
  [/^\/api\/identity\/journal$/, () => ({ items: admin.journal, next_cursor: null })],
  [
    /^\/api\/jobs$/,
    (_, search) => ({
      items: admin.runs.filter((run) => !search.get('state') || run.state === search.get('state')),
      next_cursor: null,
    }),
  ],
  [/^\/api\/branches$/, () => ({ items: admin.branches, next_cursor: null })],
  [/^\/api\/staff$/, () => ({ items: admin.staff, next_cursor: null })],
  [/^\/api\/users$/, () => ({ items: admin.users, next_cursor: null })],
  [/^\/api\/roles$/, () => admin.roles],
  [/^\/api\/tokens$/, () => []],
  [/^\/api\/sessions$/, () => []],
]
