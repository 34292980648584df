import {
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  BlockOutlined,
  BranchesOutlined,
  ClusterOutlined,
  DatabaseOutlined,
  DeploymentUnitOutlined,
  FieldTimeOutlined,
  FolderOpenOutlined,
  LineChartOutlined,
  SafetyCertificateOutlined,
  SecurityScanOutlined,
  ShopOutlined,
  TagsOutlined,
  TeamOutlined,
  UsergroupAddOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'

export interface NavItem {
  key: string
  path: string
  permission: string
  icon: ReactNode
}

export interface NavGroup {
  key: string
  items: NavItem[]
}

/** The navigation of screens that exist, in the order of the loop. */
export const groups: NavGroup[] = [
  {
    key: 'data',
    items: [
      { key: 'customers', path: '/customers', permission: 'customer.read', icon: <TeamOutlined /> },
      { key: 'tags', path: '/tags', permission: 'tag.read', icon: <TagsOutlined /> },
      { key: 'graph', path: '/groups', permission: 'customer.read', icon: <DeploymentUnitOutlined /> },
      { key: 'identity', path: '/identity', permission: 'identity.read', icon: <BlockOutlined /> },
      { key: 'behaviour', path: '/behaviour', permission: 'behaviour.read', icon: <LineChartOutlined /> },
      { key: 'products', path: '/products', permission: 'product.read', icon: <ShopOutlined /> },
    ],
  },
  {
    key: 'insight',
    items: [
      { key: 'segments', path: '/segments', permission: 'segment.read', icon: <UsergroupAddOutlined /> },
      { key: 'clusters', path: '/clusters', permission: 'cluster.read', icon: <ClusterOutlined /> },
    ],
  },
  {
    key: 'guard',
    items: [
      { key: 'gate', path: '/outreach', permission: 'gate.read', icon: <SecurityScanOutlined /> },
      { key: 'care', path: '/care', permission: 'suitability.read', icon: <SafetyCertificateOutlined /> },
      { key: 'cases', path: '/cases', permission: 'case.read', icon: <FolderOpenOutlined /> },
      { key: 'audit', path: '/audit', permission: 'audit.read', icon: <AuditOutlined /> },
    ],
  },
  {
    key: 'admin',
    items: [
      { key: 'pipelines', path: '/pipelines', permission: 'pipeline.read', icon: <BranchesOutlined /> },
      { key: 'sources', path: '/sources', permission: 'source.read', icon: <DatabaseOutlined /> },
      { key: 'events', path: '/events', permission: 'source.read', icon: <ApiOutlined /> },
      { key: 'jobs', path: '/jobs', permission: 'job.read', icon: <FieldTimeOutlined /> },
      { key: 'org', path: '/org', permission: 'org.read', icon: <ApartmentOutlined /> },
    ],
  },
]

/** What a user may open. */
export function groupsFor(permissions: ReadonlySet<string>): NavGroup[] {
  return groups
    .map((group) => ({ ...group, items: group.items.filter((item) => permissions.has(item.permission)) }))
    .filter((group) => group.items.length > 0)
}

/** Where each role starts; the first page it may open otherwise. */
const firstPages: Record<string, string> = {
  rm: '/customers',
  branch_head: '/customers',
  institution: '/customers',
  analyst: '/segments',
  compliance: '/outreach',
  data_engineer: '/sources',
  system_admin: '/org',
  security_admin: '/org',
  audit_admin: '/audit',
}

export function landing(roles: readonly string[], permissions: ReadonlySet<string>): string | null {
  const open = groupsFor(permissions).flatMap((group) => group.items.map((item) => item.path))
  const wanted = roles.map((role) => firstPages[role]).find((path) => path && open.includes(path))
  return wanted ?? open[0] ?? null
}

/** A relationship manager's customers are their own; everybody else looks at customers. */
export const itemWord = (item: NavItem, ownBook: boolean): string =>
  item.key === 'customers' && !ownBook ? 'allCustomers' : item.key
