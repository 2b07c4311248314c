// Listens to what the page waits for, and to other pages' jobs. What is ready has the page run again, once; a job of
// another page is only said and kept alive.

const LOST_MS = 1_000 // until the page asks anew for what the server does not know any more
const pages = new WeakMap()
const reported = new Set() // names; a component that is mounted anew while the script runs is handed the old ones again

function awaitResult(state, name, watcher) {
  const report = () => {
    reported.add(name)
    state.setTriggerValue("ready", name)
  }
  let timer
  const leave = listen(name, watcher, {
    told: ({ over }) => over && report(),
    lost: () => {
      timer = setTimeout(report, LOST_MS)
    },
    deaf: () => state.setTriggerValue("deaf", name),
  })
  return () => {
    clearTimeout(timer)
    leave()
  }
}

function follow(state, { job, now, trained, failed }, watcher) {
  const line = document.createElement("p")
  line.textContent = now
  state.root.append(line)
  let timer
  // it is over, and its page has yet to take it in: it is still waited for
  const keep = () => {
    const url = new URL(`live/${job}`, document.baseURI)
    url.searchParams.set("watcher", watcher)
    fetch(url, { cache: "no-store" }).catch(() => undefined)
  }
  const leave = listen(job, watcher, {
    told: message => {
      line.textContent = message.state === "failed" ? failed : trained.replace("%", `${Math.round(100 * message.share)}%`)
      if (message.over) timer = setInterval(keep, HIDDEN_MS)
    },
    lost: () => line.remove(),
    deaf: () => state.setTriggerValue("deaf", job),
  })
  return () => {
    clearInterval(timer)
    leave()
    line.remove()
  }
}

export default function (component) {
  const { parentElement, setTriggerValue } = component
  const { waits, watcher, jobs } = JSON.parse(component.data.asked)
  let state = pages.get(parentElement)
  if (!state) {
    const root = document.createElement("div")
    root.className = "bilstm-waits"
    parentElement.append(root)
    state = { root, left: new Map() }
    pages.set(parentElement, state)
  }
  state.setTriggerValue = setTriggerValue
  document.querySelector(".st-key-answer")?.setAttribute("aria-live", "polite")
  const wanted = new Set([...waits, ...jobs.map(({ job }) => job)])
  for (const [name, leave] of state.left) {
    if (wanted.has(name)) continue
    leave()
    state.left.delete(name)
  }
  for (const name of waits) {
    if (!state.left.has(name) && !reported.has(name)) state.left.set(name, awaitResult(state, name, watcher))
  }
  for (const job of jobs) {
    if (!state.left.has(job.job)) state.left.set(job.job, follow(state, job, watcher))
  }
  return () => {
    for (const leave of state.left.values()) leave()
    pages.delete(parentElement)
    state.root.remove()
  }
}
