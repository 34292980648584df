/**
 * A browser without an install: unpacks the Chromium of @sparticuz/chromium once into `.cache/chromium-<version>` at the
 * repository's root and prints, as one line of JSON, how to start it:
 * {"executablePath", "env": {"LD_LIBRARY_PATH", "FONTCONFIG_FILE"}, "args": […]}.
 * Safe to run from several processes at once: each unpacks into a draft folder, the first rename wins.
 */
import pack, { inflate } from '@sparticuz/chromium'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const packed = join(web, 'node_modules/@sparticuz/chromium')

/** Unpack if needed; returns the launch recipe. */
export async function chromium() {
  const { version } = JSON.parse(await readFile(join(packed, 'package.json'), 'utf8'))
  const home = join(web, '..', '.cache', `chromium-${version}`)
  if (!existsSync(home)) await unpack(home)
  return {
    executablePath: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: join(home, 'al2023/lib'), FONTCONFIG_FILE: await fonts(home) },
    args: ARGS,
  }
}

async function unpack(home) {
  await mkdir(dirname(home), { recursive: true })
  const draft = await mkdtemp(`${home}-`)
  const before = process.env.TMPDIR
  process.env.TMPDIR = draft // the package unpacks to the system's temporary folder and would reuse a stale copy there
  try {
    await pack.executablePath()
    await inflate(join(packed, 'bin/al2023.tar.br'))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  await rename(draft, home).catch(() => rm(draft, { recursive: true, force: true }))
}

/** A font configuration with a Chinese face, so that a bare machine draws pictures like a bank's PC does. */
async function fonts(home) {
  const han = join(home, 'han')
  const source = join(web, 'node_modules/@embedpdf/fonts-sc/fonts')
  if (!existsSync(han) && existsSync(source)) await cp(source, han, { recursive: true })
  const file = join(home, 'fonts-liuke.conf')
  const dirs = [join(home, 'fonts'), han].map((dir) => `<dir>${dir}</dir>`).join('')
  const text = `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${join(home, 'fontcache')}</cachedir></fontconfig>`
  if (!existsSync(file)) await writeFile(file, text)
  return file
}

const ARGS = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-default-apps',
  '--no-first-run',
  '--no-pings',
  '--metrics-recording-only',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await chromium()))
