// 留客行为事件 · the smallest client for an app or a web page: copy it into the app, it is served by nobody.
//
//   const behaviour = new Behaviour({ address: 'https://liuke.bank.example', token, userId: 'U0000123' })
//   behaviour.track('view', { page: 'wealth_detail', product_no: 'W001', seconds: 37 })
//
// Events are kept until the server has acknowledged them: they survive a reload, are sent again after a failure, and are
// counted once however often they are sent. In a public web page let your own server hold the token and pass events on.

const KEPT = 'liuke-behaviour'
const MOST_KEPT = 2000
const BATCH = 200

export class Behaviour {
  constructor({ address, token, userId, deviceId, channel = 'app', every = 5000, store = globalThis.localStorage }) {
    Object.assign(this, { address, token, userId, deviceId, channel, store })
    this.sessionId = crypto.randomUUID()
    this.waiting = this.#read()
    this.pause = 0
    this.timer = setInterval(() => void this.flush(), every)
    globalThis.addEventListener?.('pagehide', () => void this.flush({ leaving: true }))
  }

  /** One event: its name and, as far as the tracking plan declares them, page, product_no and seconds. */
  track(event, context = {}) {
    this.waiting.push({
      event_id: crypto.randomUUID(),
      ts: Date.now(),
      event,
      session_id: this.sessionId,
      channel: this.channel,
      ...(this.userId ? { user_id: this.userId } : {}),
      ...(this.deviceId ? { device_id: this.deviceId } : {}),
      ...context,
    })
    this.waiting = this.waiting.slice(-MOST_KEPT)
    this.#keep()
  }

  /** Send what waits; returns how many events the server acknowledged. */
  async flush({ leaving = false } = {}) {
    if (this.busy || this.waiting.length === 0 || Date.now() < this.pause) return 0
    this.busy = true
    const batch = this.waiting.slice(0, BATCH)
    try {
      const answer = await fetch(`${this.address}/api/behaviour/events`, {
        method: 'POST',
        keepalive: leaving,
        headers: {
          authorization: `Bearer ${this.token}`,
          'content-type': 'application/x-ndjson',
          'x-sent-at': String(Date.now()),
        },
        body: batch.map((one) => JSON.stringify(one)).join('\n'),
      })
      if (answer.status === 429 || answer.status >= 500) {
        this.pause = Date.now() + 1000 * Number(answer.headers.get('retry-after') ?? 5)
        return 0
      }
      // Acknowledged, or refused for good: sending the same bytes again would change nothing.
      this.waiting = this.waiting.slice(batch.length)
      this.#keep()
      return answer.status === 202 ? batch.length : 0
    } catch {
      this.pause = Date.now() + 5000 // no network: everything stays and is sent later
      return 0
    } finally {
      this.busy = false
    }
  }

  close() {
    clearInterval(this.timer)
  }

  #read() {
    try {
      return JSON.parse(this.store?.getItem(KEPT) ?? '[]')
    } catch {
      return []
    }
  }

  #keep() {
    this.store?.setItem(KEPT, JSON.stringify(this.waiting))
  }
}
