import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { count, duration } from '@/kit/format'
import { useLang, useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { DataTable, type Column } from '@/kit/table'
import { useCustomerBehaviour } from './queries'
import type { CustomerBehaviour } from './wire'
import { behaviourWords } from './words'

type Span = CustomerBehaviour['spans'][number]
type Happened = CustomerBehaviour['latest'][number]

/** 近期行为 on the 360 page: exact windows up to this second, and the latest events. */
export function CustomerBehaviourTab({ customerNo }: { customerNo: string }) {
  const query = useCustomerBehaviour(customerNo)
  return (
    <Loaded query={query}>
      {(found) =>
        found.spans.every((one) => one.events === 0) && found.latest.length === 0 ? (
          <Nothing />
        ) : (
          <div className="lk-stack">
            <Windows found={found} />
            <Latest found={found} />
          </div>
        )
      }
    </Loaded>
  )
}

function Nothing() {
  const words = useWords(behaviourWords)
  return (
    <Panel>
      <Empty small title={words.noneYet} />
    </Panel>
  )
}

const titles: Record<string, [zh: string, en: string]> = {
  login: ['登录', 'Sign-in'],
  view: ['浏览', 'View'],
  click: ['点击', 'Click'],
  search: ['搜索', 'Search'],
  share: ['分享', 'Share'],
  submit: ['提交', 'Submit'],
}

function useTitle() {
  const lang = useLang()
  return (name: string): string => titles[name]?.[lang === 'zh' ? 0 : 1] ?? name
}

const rowsOf = <T,>(items: T[]) => ({ items, error: null, isPending: false, refetch: () => undefined })

function Windows({ found }: { found: CustomerBehaviour }) {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const title = useTitle()
  const columns: Column<Span>[] = [
    { key: 'window', title: words.window_, card: 'title', render: (row) => words.windows[row.window] ?? row.window },
    { key: 'events', title: words.eventsColumn, align: 'right', card: 'figure', render: (row) => count(row.events) },
    { key: 'sessions', title: words.sessionsColumn, align: 'right', render: (row) => count(row.sessions) },
    {
      key: 'seconds',
      title: words.stay,
      align: 'right',
      render: (row) => (row.seconds ? duration(row.seconds, lang) : '—'),
    },
    {
      key: 'by',
      title: words.mostly,
      render: (row) =>
        Object.entries(row.by_event)
          .sort((one, other) => other[1] - one[1])
          .map(([name, times]) => `${title(name)} ${count(times)}`)
          .join(' · ') || '—',
    },
  ]
  return (
    <Panel title={words.liveTitle} extra={<DateText at={found.at} time />} flush>
      <DataTable label={words.liveTitle} rows={rowsOf(found.spans)} columns={columns} rowKey={(row) => row.window} />
    </Panel>
  )
}

function Latest({ found }: { found: CustomerBehaviour }) {
  const words = useWords(behaviourWords)
  const lang = useLang()
  const title = useTitle()
  const columns: Column<Happened & { key: string }>[] = [
    { key: 'at', title: words.when, render: (row) => <DateText at={row.at} time /> },
    { key: 'what', title: words.what, card: 'title', render: (row) => title(row.event) },
    { key: 'page', title: words.page, render: (row) => row.page ?? '—' },
    { key: 'product', title: words.product, render: (row) => row.product ?? row.product_no ?? '—' },
    {
      key: 'seconds',
      title: words.stay,
      align: 'right',
      card: 'figure',
      render: (row) => (row.seconds === null ? '—' : duration(row.seconds, lang)),
    },
  ]
  const rows = found.latest.map((one, at) => ({ ...one, key: String(at) }))
  return (
    <Panel title={words.latestTitle} flush>
      <DataTable
        label={words.latestTitle}
        rows={rowsOf(rows)}
        columns={columns}
        rowKey={(row) => row.key}
        empty={<Empty small title={words.noneYet} />}
      />
    </Panel>
  )
}
