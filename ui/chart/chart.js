const LIBRARY = "__bilstmExplorerPlotly"
const NARROW = 480
const DRAW_MS = 60
const SPOKEN_MS = 5_000 // between two words to a screen reader
const charts = new WeakMap()

function addresses() {
  const found = []
  for (const script of document.querySelectorAll("script[src]")) {
    const at = script.src.indexOf("/static/js/")
    if (at > 0) found.push(new URL(script.src.slice(0, at) + "/app/static/plotly.min.js.gz"))
  }
  found.push(new URL("app/static/plotly.min.js.gz", document.baseURI))
  const own = found.filter(address => address.origin === window.location.origin).map(String)
  return [...new Set(own)]
}

function run(address) {
  return new Promise(resolve => {
    const script = document.createElement("script")
    script.onload = () => resolve(true)
    script.onerror = () => resolve(false)
    script.src = address
    document.head.append(script)
  })
}

// the name has the content's hash: what the browser keeps is right, whatever its age
async function loaded(address) {
  try {
    const response = await fetch(address, { cache: "force-cache" })
    if (!response.ok) return false
    const script = response.body.pipeThrough(new DecompressionStream("gzip"))
    const blob = new Blob([await new Response(script).arrayBuffer()], { type: "text/javascript" })
    const unpacked = URL.createObjectURL(blob)
    const well = await run(unpacked)
    URL.revokeObjectURL(unpacked)
    return well
  } catch {
    return false
  }
}

// Streamlit may have put a Plotly of its own on the page: it stays what window.Plotly means
async function loadLibrary() {
  const before = window.Plotly
  try {
    for (const address of addresses()) {
      window.Plotly = undefined
      if ((await loaded(address)) && window.Plotly) return window.Plotly
    }
  } finally {
    window.Plotly = before
  }
  throw new Error("Plotly is not served; is server.enableStaticServing on?")
}

function plotly() {
  window[LIBRARY] ??= loadLibrary().catch(error => {
    delete window[LIBRARY]
    throw error
  })
  return window[LIBRARY]
}

function element(parent, tag, attributes, text) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text) made.textContent = text
  parent.append(made)
  return made
}

function merge(into, patch) {
  for (const [name, value] of Object.entries(patch)) {
    const nested = value && typeof value === "object" && !Array.isArray(value)
    if (nested) into[name] = merge(into[name] ?? {}, value)
    else into[name] = value
  }
  return into
}

function shorten(layout) {
  for (const one of layout?.annotations ?? []) if (one.name) one.text = one.name
}

function themed(text, parentElement) {
  const style = getComputedStyle(parentElement)
  const colour = name => style.getPropertyValue(name).trim().replaceAll('"', "'")
  const resolved = text.replace(/var\((--st-[a-z-]+)\)/g, (_, name) => colour(name) || "#808080")
  const figure = JSON.parse(resolved)
  const [ink, grid] = [colour("--st-text-color"), colour("--st-border-color")]
  const { layout } = figure
  layout.font = { ...layout.font, color: layout.font?.color ?? ink, family: colour("--st-font") || "sans-serif" }
  layout.hoverlabel = {
    ...layout.hoverlabel,
    bgcolor: colour("--st-background-color"),
    bordercolor: grid,
    font: { ...layout.hoverlabel?.font, color: ink },
  }
  for (const name of Object.keys(layout)) {
    if (!/^[xy]axis\d*$/.test(name)) continue
    const axis = layout[name]
    axis.gridcolor ??= grid
    axis.linecolor ??= grid
    axis.zerolinecolor ??= grid
    axis.tickcolor ??= grid
  }
  return figure
}

function prepare(state) {
  const { data, parentElement, root } = state
  const figure = themed(data.figure, parentElement)
  const { layout } = figure
  const { meta } = layout
  state.narrow = root.clientWidth > 0 && root.clientWidth < NARROW
  if (state.narrow) {
    shorten(layout)
    for (const frame of figure.frames ?? []) shorten(frame.layout)
    if (meta?.narrow) merge(layout, meta.narrow)
  }
  const height = state.narrow && meta?.narrow?.height ? meta.narrow.height : data.height
  layout.height = height
  layout.autosize = true
  delete layout.width
  state.node.style.height = `${height}px`
  state.frames = figure.frames ?? []
  state.reveals = revealable(state.frames)
  if (state.reveals) delete figure.frames
  return figure
}

function signature(state) {
  const style = getComputedStyle(state.parentElement)
  const theme = ["--st-text-color", "--st-background-color", "--st-border-color"].map(name => style.getPropertyValue(name))
  const { width } = state.root.getBoundingClientRect()
  return JSON.stringify([state.data.figure, state.data.height, theme, width > 0 && width < NARROW])
}

async function draw(state) {
  const { root, node } = state
  const wanted = signature(state)
  if (root.clientWidth === 0) return
  if (wanted === state.drawn) {
    if (state.stale) regrow(state)
    return
  }
  const library = await plotly()
  state.pending = undefined
  await state.showing
  if (!state.alive) return
  stop(state)
  uncover(state)
  unsketch(state)
  const base = prepare(state)
  state.lines.clear()
  state.base = base
  const figure = filled(state)
  const config = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false, scrollZoom: false }
  const first = !state.drawn
  state.drawn = wanted
  figure.config = config
  if (first) {
    await library.newPlot(node, figure)
    node.dataset.plots = String(Number(node.dataset.plots ?? 0) + 1)
    node.on("plotly_click", event => chosen(state, event))
  } else {
    await library.react(node, figure)
    node.dataset.updates = String(Number(node.dataset.updates ?? 0) + 1)
  }
  state.at = state.frames.length - 1
  state.width = root.clientWidth
  node.classList.toggle("clickable", Boolean(state.data.clickable))
  place(state, Math.max(state.frames.length - 1, 0))
}

// The figure with the lines that grow as far as they are known
function filled(state) {
  state.stale = false
  const { base, data, runs, narrow, lines } = state
  return base.layout.meta?.growing ? grow(base, data.live?.lines ?? [], runs, narrow, lines) : base
}

function regrow(state) {
  const before = performance.now()
  sketch(state, filled(state))
  state.node.dataset.updates = String(Number(state.node.dataset.updates ?? 0) + 1)
  state.grown = performance.now()
  state.cost = state.grown - before
}

// At most 16 times a second, and never for more than a third of the time
function growSoon(state) {
  state.stale = true
  if (!state.base?.layout.meta?.growing) return
  const rest = Math.max(DRAW_MS - (performance.now() - state.grown), 2 * state.cost)
  state.growing ??= setTimeout(() => {
    requestAnimationFrame(() => {
      state.growing = undefined
      if (state.stale) update(state)
    })
  }, rest)
}

function tell(state, { text, share }) {
  const { status, words, bar, spoken } = state
  status.hidden = false
  if (text) words.textContent = text
  bar.style.width = `${100 * share}%`
  const now = performance.now()
  if (now - state.spoke < SPOKEN_MS) return
  state.spoke = now
  spoken.textContent = share > 0 ? `${Math.round(100 * share)} % trained` : "not begun yet"
}

// Follows the job that the page waits for; what the page itself knew of it comes first
function attend(state) {
  const { live } = state.data
  if (!live || live.job !== state.job) {
    state.leave?.()
    state.leave = undefined
    state.job = live?.job
    state.runs = {}
    state.lines.clear()
    state.heard = false
    state.spoke = -SPOKEN_MS
  }
  if (!live) {
    state.status.hidden = true
    return
  }
  const told = message => {
    takeIn(state.runs, message)
    tell(state, message)
    growSoon(state)
  }
  if (!state.heard) told(live.message)
  if (live.polled || state.leave) return
  state.leave = listen(live.job, live.watcher, {
    told: message => {
      state.heard = true
      told(message)
      if (message.over) over()
    },
    lost: () => over(),
    deaf: () => state.setTriggerValue("deaf", live.job),
  })
  const over = () => {
    state.leave = undefined // should the page ask again, it is listened to again
    state.setTriggerValue("over", live.job)
  }
}

// Plotly must be asked one thing at a time; what comes meanwhile is done once, afterwards, with the latest data
function update(state) {
  state.wanted = true
  state.busy ??= (async () => {
    try {
      while (state.wanted && state.alive) {
        state.wanted = false
        await draw(state)
      }
      state.failure.textContent = ""
    } catch (error) {
      if (!state.alive) return
      state.failure.textContent = `This chart could not be drawn: ${error.message}. Reload the page.`
      console.error(error)
    } finally {
      state.busy = undefined
    }
  })()
}

function plain(value) {
  return ArrayBuffer.isView(value) ? Array.from(value) : (value ?? null)
}

function chosen(state, event) {
  const point = event.points?.[0]
  if (!point) return
  const { curveNumber, x, y, customdata } = point
  if (state.data.clickable) state.setTriggerValue("click", { curve: curveNumber, x, y, customdata: plain(customdata) })
}

function place(state, index) {
  const { controls, scrubber, position, frames, data } = state
  controls.hidden = !(frames.length > 1 && data.replay)
  if (controls.hidden) return
  state.index = index
  scrubber.max = String(frames.length - 1)
  scrubber.value = String(index)
  scrubber.setAttribute("aria-valuetext", frames[index].name)
  position.textContent = frames[index].name
}

const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } }

// Shows a frame, or a moment between two; where Plotly draws it, the latest one asked for while another is being drawn
function show(state, at) {
  const index = state.reveals ? Math.floor(at) : Math.round(at)
  if (index >= state.frames.length || state.busy) return
  if (state.reveals) {
    reveal(state, at)
    if (index !== state.index) place(state, index)
    return
  }
  if (index === state.index) return
  place(state, index)
  state.pending = index
  state.showing ??= (async () => {
    try {
      const library = await plotly()
      while (state.pending !== undefined && state.alive) {
        const { name } = state.frames[state.pending]
        state.pending = undefined
        await library.animate(state.node, [name], AT_ONCE)
      }
    } catch (error) {
      if (error) console.error(error)
    } finally {
      state.showing = undefined
    }
  })()
}

function play(state, seconds) {
  const last = state.frames.length - 1
  const from = state.index >= last ? 0 : state.index
  const started = performance.now() - (from / last) * seconds * 1000
  stop(state)
  show(state, from)
  state.pause.disabled = false
  const tick = now => {
    const share = Math.max(0, Math.min((now - started) / (seconds * 1000), 1))
    show(state, share * last)
    if (share < 1) state.ticking = requestAnimationFrame(tick)
    else stop(state)
  }
  state.ticking = requestAnimationFrame(tick)
}

function stop(state) {
  cancelAnimationFrame(state.ticking)
  state.ticking = undefined
  state.pause.disabled = true
}

function build(parentElement, data) {
  const root = element(parentElement, "div", { class: "bilstm-chart" })
  const status = element(root, "div", { class: "status", "data-testid": `progress-${data.key}` })
  status.hidden = true
  const words = element(status, "div", { class: "words", "aria-hidden": "true" })
  const track = element(status, "div", { class: "track" })
  const bar = element(track, "div", { class: "bar" })
  const spoken = element(status, "div", { class: "spoken", "aria-live": "polite" })
  const node = element(root, "div", { class: "plot", role: "img", "data-testid": `chart-${data.key}` })
  const controls = element(root, "div", { class: "controls", "data-testid": `controls-${data.key}` })
  const button = (name, text, label) =>
    element(controls, "button", { type: "button", "data-testid": name, "aria-label": label }, text)
  const state = {
    parentElement,
    root,
    node,
    controls,
    status,
    words,
    bar,
    spoken,
    alive: true,
    index: 0,
    frames: [],
    runs: {},
    lines: new Map(),
    grown: 0,
    cost: 0,
  }
  const three = button("replay-3", "▶ Replay 3 s", "Replay over 3 seconds")
  const ten = button("replay-10", "▶ 10 s", "Replay over 10 seconds")
  state.pause = button("replay-pause", "Pause", "Pause the replay")
  state.scrubber = element(controls, "input", {
    type: "range",
    min: "0",
    step: "1",
    "data-testid": "replay-scrubber",
    "aria-label": "Position",
  })
  state.position = element(controls, "span", { class: "position", "data-testid": "replay-label" })
  state.failure = element(root, "div", { class: "failure", role: "alert" })
  controls.hidden = true
  if (data.figure) node.style.height = `${data.height}px`
  else node.hidden = true
  three.onclick = () => play(state, 3)
  ten.onclick = () => play(state, 10)
  state.pause.onclick = () => stop(state)
  state.pause.disabled = true
  state.scrubber.oninput = () => {
    stop(state)
    show(state, Number(state.scrubber.value))
  }
  state.observer = new ResizeObserver(() => resized(state))
  state.observer.observe(root)
  return state
}

function resized(state) {
  if (!state.data.figure) return
  update(state)
  if (!state.drawn || state.root.clientWidth === state.width || state.root.clientWidth === 0) return
  state.width = state.root.clientWidth
  clearTimeout(state.resizing)
  state.resizing = setTimeout(async () => {
    const library = await plotly()
    await Promise.all([state.busy, state.showing])
    if (!state.alive || !state.drawn || state.root.clientWidth === 0) return
    const { at } = state
    uncover(state)
    unsketch(state)
    await library.Plots.resize(state.node)
    if (state.job) growSoon(state)
    if (state.reveals && !state.busy) reveal(state, at)
  }, 50)
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  if (data.preload) {
    // a page without a chart is drawn first; the first chart tries again, and says what is wrong
    setTimeout(() => plotly().catch(() => undefined), data.later_ms)
    return
  }
  let state = charts.get(parentElement)
  if (!state) {
    state = build(parentElement, data)
    charts.set(parentElement, state)
  }
  state.data = data
  state.alive = true
  state.setTriggerValue = setTriggerValue
  state.node.setAttribute("aria-label", data.alt)
  attend(state)
  if (data.figure) update(state)
  return () => {
    state.alive = false
    state.leave?.()
    clearTimeout(state.growing)
    stop(state)
    state.observer.disconnect()
    charts.delete(parentElement)
    state.root.remove()
    if (!state.drawn) return
    Promise.all([plotly(), state.busy, state.showing]).then(([library]) => library.purge(state.node), () => undefined)
  }
}
