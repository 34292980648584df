import { Button } from 'antd'
import { lazy, Suspense, type ComponentType } from 'react'
import { createBrowserRouter, Link, useRouteError, type RouteObject } from 'react-router'
import { BlockSkeleton, Face } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { kitWords } from '@/kit/words'
import { Allowed, Guard, Landing } from './guard'
import { appWords } from './words'

type Bring = () => Promise<ComponentType>

function page(bring: Bring, permission?: string) {
  const Lazy = lazy(async () => ({ default: await bring() }))
  return permission ? (
    <Allowed permission={permission}>
      <Lazy />
    </Allowed>
  ) : (
    <Lazy />
  )
}

function Missing() {
  const words = useWords(appWords)
  const home = (
    <Link to="/">
      <Button type="primary">{words.home}</Button>
    </Link>
  )
  return <Face kind="missing" title={words.missingPage} hint={words.missingPageHint} action={home} />
}

/** A page that threw. After an update the old chunks are gone: reloading is what helps. */
function Broken() {
  const words = useWords(appWords)
  const kit = useWords(kitWords)
  const error = useRouteError()
  const stale = error instanceof TypeError && /import|module|fetch/i.test(error.message)
  const reload = (
    <Button type="primary" onClick={() => location.reload()}>
      {kit.reload}
    </Button>
  )
  return (
    <Face
      kind="error"
      title={stale ? words.updated : words.broken}
      hint={stale ? null : words.brokenHint}
      action={reload}
    />
  )
}

const pages: RouteObject[] = [
  { index: true, element: <Landing /> },
  {
    path: 'customers',
    element: page(() => import('@/data/customers/page').then((m) => m.CustomersPage), 'customer.read'),
  },
  {
    path: 'customers/:no',
    element: page(() => import('./customer').then((m) => m.CustomerPage), 'customer.read'),
  },
  { path: 'tags', element: page(() => import('@/data/tags/page').then((m) => m.TagsPage), 'tag.read') },
  { path: 'tags/new', element: page(() => import('@/data/tags/edit').then((m) => m.TagEditPage), 'tag.edit') },
  { path: 'tags/:code', element: page(() => import('@/data/tags/tag').then((m) => m.TagPage), 'tag.read') },
  { path: 'tags/:code/edit', element: page(() => import('@/data/tags/edit').then((m) => m.TagEditPage), 'tag.edit') },
  {
    path: 'customers/:no/graph',
    element: page(() => import('@/data/graph/circle').then((m) => m.CirclePage), 'customer.read'),
  },
  { path: 'groups', element: page(() => import('@/data/graph/page').then((m) => m.GroupsPage), 'customer.read') },
  { path: 'groups/:id', element: page(() => import('@/data/graph/group').then((m) => m.GroupPage), 'customer.read') },
  {
    path: 'pipelines',
    element: page(() => import('@/data/pipelines/page').then((m) => m.PipelinesPage), 'pipeline.read'),
  },
  {
    path: 'pipelines/new',
    element: page(() => import('@/data/pipelines/new').then((m) => m.NewPipelinePage), 'pipeline.edit'),
  },
  {
    path: 'pipelines/:name',
    element: page(() => import('@/data/pipelines/table').then((m) => m.PipelinePage), 'pipeline.read'),
  },
  {
    path: 'lineage',
    element: page(() => import('@/data/pipelines/lineage').then((m) => m.LineagePage), 'pipeline.read'),
  },
  {
    path: 'identity',
    element: page(() => import('@/data/identity/page').then((m) => m.IdentityPage), 'identity.read'),
  },
  {
    path: 'identity/reviews/:id',
    element: page(() => import('@/data/identity/review').then((m) => m.ReviewPage), 'identity.read'),
  },
  { path: 'products', element: page(() => import('@/data/products/page').then((m) => m.ProductsPage), 'product.read') },
  {
    path: 'products/:no',
    element: page(() => import('@/data/products/product').then((m) => m.ProductPage), 'product.read'),
  },
  {
    path: 'clusters',
    element: page(() => import('@/insight/clusters/page').then((m) => m.ClusteringsPage), 'cluster.read'),
  },
  {
    path: 'clusters/:id',
    element: page(() => import('@/insight/clusters/detail').then((m) => m.ClusteringPage), 'cluster.read'),
  },
  {
    path: 'segments',
    element: page(() => import('@/insight/segments/page').then((m) => m.SegmentsPage), 'segment.read'),
  },
  {
    path: 'segments/new',
    element: page(() => import('@/insight/segments/editor').then((m) => m.SegmentEditorPage), 'segment.edit'),
  },
  {
    path: 'segments/:id',
    element: page(() => import('@/insight/segments/segment').then((m) => m.SegmentPage), 'segment.read'),
  },
  {
    path: 'segments/:id/edit',
    element: page(() => import('@/insight/segments/editor').then((m) => m.SegmentEditorPage), 'segment.edit'),
  },
  { path: 'outreach', element: page(() => import('@/guard/gate/page').then((m) => m.GatePage), 'gate.read') },
  { path: 'care', element: page(() => import('@/guard/care/page').then((m) => m.CarePage), 'suitability.read') },
  { path: 'cases', element: page(() => import('@/guard/cases/page').then((m) => m.CasesPage), 'case.read') },
  { path: 'cases/:no', element: page(() => import('@/guard/cases/detail').then((m) => m.CasePage), 'case.read') },
  { path: 'audit', element: page(() => import('@/guard/audit/page').then((m) => m.AuditPage), 'audit.read') },
  {
    path: 'audit/:n',
    element: page(() => import('@/guard/audit/entry').then((m) => m.EntryPage), 'audit.read'),
  },
  {
    path: 'behaviour',
    element: page(() => import('./behaviour').then((m) => m.BehaviourDesk), 'behaviour.read'),
  },
  { path: 'events', element: page(() => import('@/data/behaviour/intake').then((m) => m.IntakePage), 'source.read') },
  { path: 'sources', element: page(() => import('@/data/sources/page').then((m) => m.SourcesPage), 'source.read') },
  {
    path: 'sources/:name',
    element: page(() => import('@/data/sources/source').then((m) => m.SourcePage), 'source.read'),
  },
  { path: 'jobs', element: page(() => import('@/data/jobs/page').then((m) => m.JobsPage), 'job.read') },
  { path: 'org', element: page(() => import('@/data/org/page').then((m) => m.OrgPage), 'org.read') },
  { path: 'me', element: page(() => import('@/data/session/me').then((m) => m.MePage)) },
  { path: '*', element: <Missing /> },
]

export const routes: RouteObject[] = [
  {
    path: '/sign-in',
    errorElement: <Broken />,
    element: (
      <Suspense fallback={<BlockSkeleton />}>
        {page(() => import('@/data/session/signin').then((m) => m.SignInPage))}
      </Suspense>
    ),
  },
  {
    path: '/',
    element: <Guard />,
    errorElement: <Broken />,
    children: [{ errorElement: <Broken />, children: pages }],
  },
]

export const createRouter = () => createBrowserRouter(routes)
