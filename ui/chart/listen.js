// A job's progress as the server tells it: over a socket while the tab is in sight; where sockets are refused the server
// is asked, ever more slowly.

const BACK_MS = [500, 5_000] // after a socket broke: the first wait, which doubles up to the last
const ASK_MS = [200, 2_000]
const HIDDEN_MS = 20_000 // a tab out of sight only says that it still waits for its training
const UNKNOWN = 4404
const NO_SUCH = "There is no such training"

// hear: told(message), lost() where the job is not known any more, deaf() where the server tells nothing of jobs.
// Returns a function that ends the listening.
function listen(job, watcher, hear) {
  let socket
  let timer
  let version = 0
  let ended = false
  let [back, pause] = [BACK_MS[0], ASK_MS[0]]
  const address = () => {
    const url = new URL(`live/${job}`, document.baseURI)
    url.searchParams.set("watcher", watcher)
    return url
  }
  const later = (what, ms) => {
    clearTimeout(timer)
    timer = setTimeout(what, ms)
  }
  const end = () => {
    ended = true
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", turned)
    const open = socket
    socket = undefined
    open?.close()
  }
  const take = message => {
    version = message.version
    hear.told(message)
    if (message.over) end()
  }
  const finish = how => {
    end()
    how()
  }
  const again = () => {
    later(connect, back)
    back = Math.min(2 * back, BACK_MS[1])
  }
  function connect() {
    if (ended || document.hidden) return
    const url = address()
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
    let opened = false
    let own
    try {
      own = new WebSocket(url)
    } catch {
      ask()
      return
    }
    socket = own
    own.onopen = () => {
      opened = true
    }
    own.onmessage = ({ data }) => {
      if (own !== socket) return
      back = BACK_MS[0]
      take(JSON.parse(data))
    }
    own.onclose = ({ code }) => {
      if (ended || own !== socket) return
      socket = undefined
      if (code === UNKNOWN) finish(hear.lost)
      else if (opened) again()
      else ask()
    }
  }
  async function ask() {
    if (ended) return
    const url = address()
    url.searchParams.set("version", version)
    let answer
    let text
    try {
      answer = await fetch(url, { cache: "no-store" })
      text = await answer.text()
    } catch {
      if (!ended) again()
      return
    }
    if (ended || socket) return
    const told = answer.headers.get("content-type")?.startsWith("application/json")
    if (answer.status >= 500) again()
    else if (answer.status === 404 && text.startsWith(NO_SUCH)) finish(hear.lost)
    else if (answer.status === 204 || (answer.ok && told)) {
      if (told) take(JSON.parse(text))
      later(ask, document.hidden ? HIDDEN_MS : pause)
      pause = Math.min(1.25 * pause, ASK_MS[1])
    } else finish(hear.deaf)
  }
  function turned() {
    if (ended) return
    const open = socket
    socket = undefined
    open?.close()
    later(document.hidden ? ask : connect, 0)
  }
  document.addEventListener("visibilitychange", turned)
  if (document.hidden) ask()
  else connect()
  return end
}
