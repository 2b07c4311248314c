// What a tab follows, as the server tells it: over one socket for all components of the page, while the tab is in sight;
// where sockets are refused the server is asked for each by itself, ever more slowly.

const HIDDEN_MS = 20_000 // a tab out of sight only says that it still waits for its training

// hear: told(message), lost() where the name is not known any more, deaf() where the server tells nothing of jobs.
// Returns a function that ends the listening.
function listen(name, watcher, hear) {
  const hubs = (window.bilstmHubs ??= new Map()) // by source: components of another version may be on the page still
  const source = String(openHub)
  if (!hubs.has(source)) hubs.set(source, openHub(HIDDEN_MS))
  return hubs.get(source)(name, watcher, hear)
}

function openHub(hiddenMs) {
  const BACK_MS = [500, 5_000] // after a socket broke: the first wait, which doubles up to the last
  const ASK_MS = [200, 2_000]
  const REST_MS = 1_000 // with nothing to hear, until the socket is closed
  const NO_SUCH = "There is no such training"
  const followed = new Map() // by the number that the server's messages name
  let last = 0
  let socket
  let trying // timer until the next try
  let resting // timer until the socket's end
  let back = BACK_MS[0]
  const open = () => socket?.readyState === WebSocket.OPEN
  const say = message => open() && socket.send(JSON.stringify(message))
  const close = () => {
    const closed = socket
    socket = undefined
    closed?.close()
  }
  const begin = ({ name, number, watcher, version }) => say({ follow: name, as: number, watcher, version })
  const unasked = thing => {
    clearTimeout(thing.timer)
    thing.asked = undefined
  }
  const drop = thing => {
    followed.delete(thing.number)
    unasked(thing)
    clearTimeout(resting)
    resting = setTimeout(() => followed.size || close(), REST_MS)
  }
  const take = (thing, message) => {
    if (message.lost) {
      drop(thing)
      thing.hear.lost()
      return
    }
    thing.version = message.version
    thing.hear.told(message)
    if (message.over) drop(thing)
  }
  const askAll = () => {
    for (const thing of followed.values()) if (!thing.asked) ask(thing)
  }
  const tryIn = ms => {
    clearTimeout(trying)
    trying = setTimeout(() => {
      trying = undefined
      if (document.hidden) askAll()
      else connect()
    }, ms)
  }
  const again = () => {
    if (trying) return
    tryIn(document.hidden ? hiddenMs : back)
    back = Math.min(2 * back, BACK_MS[1])
  }
  function connect() {
    if (socket || !followed.size) return
    const url = new URL("live", document.baseURI)
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
    let opened = false
    let own
    try {
      own = new WebSocket(url)
    } catch {
      askAll()
      return
    }
    socket = own
    own.onopen = () => {
      opened = true
      if (own !== socket) return
      for (const thing of followed.values()) {
        unasked(thing)
        begin(thing)
      }
    }
    own.onmessage = ({ data }) => {
      if (own !== socket) return
      back = BACK_MS[0]
      const message = JSON.parse(data)
      const thing = followed.get(message.of)
      if (thing) take(thing, message)
    }
    own.onclose = () => {
      if (own !== socket) return
      socket = undefined
      if (opened) again()
      else askAll()
    }
  }
  async function ask(thing) {
    const asked = (thing.asked = {}) // until it is asked anew, or the socket tells of it
    const url = new URL(`live/${thing.name}`, document.baseURI)
    url.searchParams.set("watcher", thing.watcher)
    url.searchParams.set("version", thing.version)
    let answer
    let text
    try {
      answer = await fetch(url, { cache: "no-store" })
      text = await answer.text()
    } catch {
      answer = undefined
    }
    if (thing.asked !== asked) return
    if (!answer || answer.status >= 500) {
      thing.asked = undefined
      again()
      return
    }
    const told = answer.headers.get("content-type")?.startsWith("application/json")
    if (answer.status === 404 && text.startsWith(NO_SUCH)) take(thing, { lost: true })
    else if (answer.status === 204 || (answer.ok && told)) {
      if (told) take(thing, JSON.parse(text))
      if (thing.asked !== asked) return
      thing.timer = setTimeout(() => ask(thing), document.hidden ? hiddenMs : thing.pause)
      thing.pause = Math.min(1.25 * thing.pause, ASK_MS[1])
    } else {
      drop(thing)
      thing.hear.deaf()
    }
  }
  document.addEventListener("visibilitychange", () => {
    close()
    for (const thing of followed.values()) unasked(thing)
    tryIn(0)
  })
  return (name, watcher, hear) => {
    last += 1
    const thing = { number: last, name, watcher, hear, version: 0, pause: ASK_MS[0], asked: undefined, timer: undefined }
    followed.set(thing.number, thing)
    if (document.hidden) ask(thing)
    else if (open()) begin(thing)
    else connect()
    return () => {
      if (!followed.has(thing.number)) return
      say({ leave: thing.number })
      drop(thing)
    }
  }
}
