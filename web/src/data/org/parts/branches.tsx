import { Table } from 'antd'
import { StatusTag } from '@/kit/badge'
import { Empty, Loaded } from '@/kit/faces'
import { count } from '@/kit/format'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { usePreferences } from '@/kit/preferences'
import { useNarrow } from '@/kit/screen'
import { useBranches } from '../queries'
import type { Branch } from '../wire'
import { orgWords } from '../words'

export interface Twig extends Branch {
  children?: Twig[]
}

/** The tree from the list: each branch under its parent; one whose parent is out of sight stands at the top. */
export function treeOf(branches: Branch[]): Twig[] {
  const twigs = new Map(branches.map((branch): [string, Twig] => [branch.branch_no, { ...branch }]))
  const roots: Twig[] = []
  for (const twig of twigs.values()) {
    const parent = twig.parent_no ? twigs.get(twig.parent_no) : undefined
    if (parent) (parent.children ??= []).push(twig)
    else roots.push(twig)
  }
  return roots
}

/** The branch tree. */
export function Branches() {
  const words = useWords(orgWords)
  const query = useBranches()
  return (
    <Panel flush>
      <Loaded query={query}>
        {(branches) =>
          branches.length === 0 ? (
            <Empty title={words.noBranches} hint={words.noBranchesHint} />
          ) : (
            <Tree branches={branches} />
          )
        }
      </Loaded>
    </Panel>
  )
}

function Tree({ branches }: { branches: Branch[] }) {
  const words = useWords(orgWords)
  const narrow = useNarrow()
  const { compact } = usePreferences()
  const roots = treeOf(branches)
  const name = {
    key: 'name',
    title: words.branch,
    render: (row: Twig) => (
      <>
        <span className="lk-name">{row.name}</span> <span className="lk-faint lk-small">{row.branch_no}</span>
        {!row.active && <StatusTag>{words.inactive}</StatusTag>}
      </>
    ),
  }
  const staff = {
    key: 'staff',
    title: words.staffCount,
    align: 'right' as const,
    render: (row: Twig) => count(row.staff_count),
  }
  const level = {
    key: 'level',
    title: words.level,
    render: (row: Twig) => (
      <StatusTag tone={row.level === 'head_office' ? 'gold' : row.level === 'branch' ? 'primary' : 'neutral'}>
        {words.levels[row.level] ?? row.level}
      </StatusTag>
    ),
  }
  const place = {
    key: 'place',
    title: words.place,
    render: (row: Twig) => [row.province, row.city, row.district, row.address].filter(Boolean).join(' ') || '—',
  }
  return (
    <Table<Twig>
      className="lk-table"
      size={compact ? 'small' : 'middle'}
      rowKey="branch_no"
      dataSource={roots}
      pagination={false}
      expandable={{ defaultExpandedRowKeys: roots.map((root) => root.branch_no) }}
      columns={narrow ? [name, staff] : [name, level, staff, place]}
    />
  )
}
