/** How heavy the first page is: the scripts that index.html asks for, gzipped, against the promise of 260 kB. */
import { readFile, readdir } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'

const promised = 260
const html = await readFile('dist/index.html', 'utf8')
const entry = new Set([...html.matchAll(/assets\/[^"]+\.js/g)].map((match) => match[0]))
const weigh = async (file) => gzipSync(await readFile(`dist/${file}`)).length / 1000
let total = 0
for (const file of entry) total += await weigh(file)
const all = (await readdir('dist/assets')).filter((name) => name.endsWith('.js'))
console.log(
  `entry ${total.toFixed(0)} kB gzip in ${entry.size} files (promised ${promised}), ${all.length} chunks in all`,
)
process.exit(total > promised ? 1 : 0)
