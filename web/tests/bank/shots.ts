/** Pages worth a picture. */
export interface Shot {
  name: string
  path: string
  anonymous?: boolean
  as?: string
  only?: string[]
  routes?: [RegExp, () => unknown][]
  act?: (page: {
    keyboard: { press: (key: string) => Promise<void>; type: (text: string) => Promise<void> }
    click: (selector: string) => Promise<void>
    waitForTimeout: (ms: number) => Promise<void>
  }) => Promise<void>
}

export const shots: Shot[] = [
  { name: 'signin', path: '/sign-in', anonymous: true },
  { name: 'customers', path: '/customers' },
  { name: '360', path: '/customers/LK4618GXKD' },
  { name: '360-assets', path: '/customers/LK4618GXKD?tab=assets', only: ['desk-light'] },
  { name: '360-debts', path: '/customers/LK4618GXKD?tab=debts', only: ['desk-light'] },
  { name: '360-flows', path: '/customers/LK4618GXKD?tab=flows', only: ['desk-light'] },
  { name: '360-behaviour', path: '/customers/LK4618GXKD?tab=behaviour', only: ['desk-light'] },
  { name: '360-relations', path: '/customers/LK4618GXKD?tab=relations', only: ['desk-light'] },
  { name: '360-talks', path: '/customers/LK4618GXKD?tab=talks', only: ['desk-light'] },
  { name: '360-complaints', path: '/customers/LK4618GXKD?tab=complaints', only: ['desk-light'] },
  { name: '360-sources', path: '/customers/LK4618GXKD?tab=sources', only: ['desk-light'] },
  { name: '360-changes', path: '/customers/LK4618GXKD?tab=changes', only: ['desk-light'] },
  { name: 'products', path: '/products' },
  { name: 'ladder', path: '/products?tab=ladder', only: ['desk-light', 'desk-dark'] },
  { name: 'product', path: '/products/W20260318A', only: ['desk-light', 'phone-light'] },
  { name: 'me', path: '/me', only: ['desk-light', 'phone-light'] },
  {
    name: 'search',
    path: '/customers',
    only: ['desk-light', 'phone-dark'],
    act: async (page) => {
      await page.keyboard.press('Control+k')
      await page.waitForTimeout(500)
      await page.keyboard.type('王小')
      await page.waitForTimeout(900)
    },
  },
  { name: 'sources', path: '/sources' },
  { name: 'source', path: '/sources/core_cust', only: ['desk-light', 'phone-light'] },
  { name: 'contract', path: '/sources/core_cust?tab=contract', only: ['desk-light'] },
  {
    name: 'load',
    path: '/sources/core_cust',
    only: ['desk-light'],
    act: async (page) => {
      await page.click('.lk-row-open')
      await page.waitForTimeout(900)
    },
  },
  { name: 'identity', path: '/identity', only: ['desk-light', 'phone-light'] },
  { name: 'review', path: '/identity/reviews/01990000-0000-7000-8000-000000000200' },
  { name: 'journal', path: '/identity?tab=journal', only: ['desk-light'] },
  { name: 'jobs', path: '/jobs', only: ['desk-light', 'phone-light'] },
  { name: 'org-users', path: '/org', only: ['desk-light', 'phone-light'] },
  { name: 'org-branches', path: '/org?tab=branches', only: ['desk-light'] },
  { name: 'org-roles', path: '/org?tab=roles', only: ['desk-light', 'desk-dark', 'phone-light'] },
  { name: 'outreach', path: '/outreach', as: 'compliance' },
  { name: 'outreach-try', path: '/outreach?tab=try&customer=LK4618GXKD', as: 'compliance' },
  { name: 'outreach-policy', path: '/outreach?tab=policy', as: 'compliance' },
  { name: 'care', path: '/care?tab=policy', as: 'compliance' },
  { name: 'care-ledger', path: '/care?customer=LK4618GXKD', as: 'compliance' },
  { name: 'care-papers', path: '/care?tab=papers', as: 'compliance', only: ['desk-light'] },
  { name: '360-compliance', path: '/customers/LK4618GXKD?tab=compliance', as: 'compliance' },
  { name: 'audit', path: '/audit', as: 'auditor' },
  { name: 'audit-entry', path: '/audit/3', as: 'auditor' },
  { name: 'cases', path: '/cases', as: 'compliance', only: ['desk-light', 'phone-light'] },
]
