/**
 * Pictures of the pages, to be looked at by a person: `node scripts/look.mjs OUT [name…]`.
 * Without LIUKE_API the imagined bank of tests/bank answers; with LIUKE_API=http://127.0.0.1:8000 and LIUKE_PASSWORD a
 * served demo bank does, each page opened by somebody whose page it is.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium as browserType } from 'playwright-core'
import { preview } from 'vite'
import { routes } from '../tests/bank/routes.ts'
import { shots } from '../tests/bank/shots.ts'
import { chromium } from './chromium.mjs'

const [out = 'shots', ...wanted] = process.argv.slice(2)
const real = process.env.LIUKE_API
await mkdir(out, { recursive: true })
const server = real
  ? null
  : await preview({ preview: { port: 0, host: '127.0.0.1', strictPort: false }, logLevel: 'silent' })
const base = real ?? server.resolvedUrls.local[0].replace('localhost', '127.0.0.1').replace(/\/$/, '')
const recipe = await chromium()
const browser = await browserType.launch({ ...recipe, env: { ...process.env, ...recipe.env } })

for (const shot of shots) {
  if (wanted.length > 0 && !wanted.some((name) => shot.name.startsWith(name))) continue
  for (const [label, width, height] of [
    ['desk', 1440, 900],
    ['phone', 375, 812],
  ]) {
    for (const mode of ['light', 'dark']) {
      if (shot.only && !shot.only.includes(`${label}-${mode}`)) continue
      await take(shot, label, { width, height }, mode)
    }
  }
}
await browser.close()
server?.httpServer.close()

async function take(shot, label, viewport, mode) {
  const context = await browser.newContext({
    viewport,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    colorScheme: mode,
  })
  const page = await context.newPage()
  const where = `${shot.name}-${label}-${mode}`
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/401/.test(message.text()))
      console.log(where, message.type(), message.text())
  })
  page.on('pageerror', (error) => console.log(where, 'thrown', error.message))
  if (!real) await page.route(/\/api\//, (route) => answer(route, shot))
  const path = real ? await signIn(page, shot) : shot.path
  await page.goto(base + path)
  await page.waitForLoadState('networkidle')
  await shot.act?.(page)
  await page.waitForTimeout(350)
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  if (overflow > 0) console.log(where, `page is ${overflow} wider than the window`)
  await page.screenshot({ path: join(out, `${where}.png`) })
  await context.close()
}

/** Sign in as somebody who uses the page, and put a customer or a pair that exists into its address. */
async function signIn(page, shot) {
  if (shot.anonymous) return shot.path
  const login =
    shot.as ??
    (/^\/(sources|identity|jobs)/.test(shot.path) ? 'engineer' : /^\/org/.test(shot.path) ? 'sysadmin' : 'rm')
  await page.request.post(`${base}/api/session`, { data: { login, password: process.env.LIUKE_PASSWORD } })
  const first = async (path) => (await (await page.request.get(base + path)).json()).items?.[0]
  if (shot.path.includes('LK4618GXKD'))
    return shot.path.replace('LK4618GXKD', (await first('/api/customers?limit=1'))?.customer_no)
  if (shot.path.includes('/reviews/')) return `/identity/reviews/${(await first('/api/identity/reviews?limit=1'))?.id}`
  if (shot.path.startsWith('/sources/')) {
    const sources = await (await page.request.get(`${base}/api/sources`)).json()
    return shot.path.replace('core_cust', sources.find((one) => one.rows_quarantined > 0)?.name ?? sources[0].name)
  }
  if (/^\/products\/./.test(shot.path))
    return `/products/${(await first('/api/products?kind=wealth&limit=1'))?.product_no}`
  return shot.path
}

async function answer(route, shot) {
  const url = new URL(route.request().url())
  if (shot.anonymous && url.pathname === '/api/session')
    return route.fulfill({ status: 401, json: { status: 401, detail: '请先登录。' } })
  for (const [pattern, tell] of [...(shot.routes ?? []), ...routes]) {
    const match = url.pathname.match(pattern)
    if (match) return route.fulfill({ json: tell(match, url.searchParams) ?? null })
  }
  return route.fulfill({
    status: 404,
    json: { status: 404, code: 'not_found', detail: `没有 ${url.pathname}`, request_id: 'r-1' },
  })
}
