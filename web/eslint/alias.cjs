// Resolves `@/…` and relative imports for eslint-plugin-boundaries; the packaged TypeScript resolver needs native builds.
const { existsSync, statSync } = require('node:fs')
const { dirname, join, resolve } = require('node:path')

const root = join(__dirname, '..', 'src')
const endings = ['', '.ts', '.tsx', '.css', '/index.ts', '/index.tsx']

exports.interfaceVersion = 2
exports.resolve = (source, file) => {
  if (!source.startsWith('@/') && !source.startsWith('.')) return { found: false }
  const base = source.startsWith('@/') ? join(root, source.slice(2)) : resolve(dirname(file), source)
  const path = endings.map((ending) => base + ending).find((name) => existsSync(name) && statSync(name).isFile())
  return path ? { found: true, path } : { found: false }
}
