// An app that sends events with the client from the documentation: node app.mjs <address> <token> <user> <count>
import { Behaviour } from '../../docs/behaviour-sdk.js'

const [address, token, userId, count] = process.argv.slice(2)
const kept = new Map()
const store = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
const behaviour = new Behaviour({ address, token, userId, every: 60_000, store })
for (let number = 0; number < Number(count); number += 1)
  behaviour.track('view', { page: 'wealth_detail', seconds: 20 + number })
const again = JSON.parse(store.getItem('liuke-behaviour'))
const first = await behaviour.flush()
behaviour.waiting = again // as after a crash between sending and hearing: the same events, the same ids
const second = await behaviour.flush()
behaviour.close()
console.log(JSON.stringify({ first, second }))
