// The one component that every figure is drawn through: its place on the page, and when Plotly draws what.

const charts = new WeakMap()

function element(parent, tag, attributes, text) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text) made.textContent = text
  parent.append(made)
  return made
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
  state.library = library
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
  const last = Math.max(state.frames.length - 1, 0)
  state.at = state.data.from_start && state.reveals ? 0 : last
  state.width = root.clientWidth
  node.classList.toggle("clickable", Boolean(state.data.clickable))
  place(state, state.at)
  if (state.at < last) reveal(state, state.at)
  layHandles(state)
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

function build(parentElement, data) {
  const root = element(parentElement, "div", { class: "bilstm-chart" })
  const status = element(root, "div", { class: "status", "data-testid": `progress-${data.key}` })
  status.hidden = true
  const words = element(status, "div", { class: "words", "aria-hidden": "true" })
  const track = element(status, "div", { class: "track" })
  const bar = element(track, "div", { class: "bar" })
  const spoken = element(root, "div", { class: "spoken", "aria-live": "polite", "data-testid": `spoken-${data.key}` })
  const node = element(root, "div", { class: "plot", role: "img", "data-testid": `chart-${data.key}` })
  const handles = element(root, "div", { class: "handles", "data-testid": `handles-${data.key}` })
  const controls = element(root, "div", { class: "controls", "data-testid": `controls-${data.key}` })
  const button = (name, text, label) =>
    element(controls, "button", { type: "button", "data-testid": name, "aria-label": label }, text)
  const state = {
    parentElement,
    root,
    node,
    handles,
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
  if (data.figure) offerTable(state)
  const replay = button("replay", "▶ Replay", "Replay")
  state.pause = button("replay-pause", "Pause", "Pause the replay")
  state.speeds = offerSpeeds(controls)
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
  const narrow = root.clientWidth > 0 && root.clientWidth < NARROW
  if (data.figure) node.style.height = `${isLow(data) ? data.low_height : narrow ? data.narrow_height : data.height}px`
  else node.hidden = true
  replay.onclick = () => play(state)
  state.pause.onclick = () => stop(state)
  state.pause.disabled = true
  state.scrubber.oninput = () => {
    stop(state)
    show(state, Number(state.scrubber.value))
  }
  state.observer = new ResizeObserver(() => resized(state))
  state.observer.observe(root)
  state.fit = () => (state.data?.view || state.data?.low_height) && resized(state)
  addEventListener("resize", state.fit)
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
    layHandles(state)
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
  if (data.picture) return offerPicture(component)
  let state = charts.get(parentElement)
  if (!state) {
    state = build(parentElement, data)
    charts.set(parentElement, state)
  }
  state.data = data
  state.alive = true
  state.setTriggerValue = setTriggerValue
  state.node.setAttribute("aria-label", data.alt ?? "")
  if (state.tabled) {
    state.tabled.hidden = !data.tabled
    state.tabled.setAttribute("aria-label", `Show as table: ${data.name}`)
  }
  attend(state)
  if (data.view && !state.around) { // what comes late above a figure moves it, and leaves it less room
    state.around = state.root.closest('[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"]')
    if (state.around) state.observer.observe(state.around)
  }
  if (data.figure) update(state)
  return () => {
    state.alive = false
    state.leave?.()
    clearTimeout(state.growing)
    stop(state)
    state.observer.disconnect()
    removeEventListener("resize", state.fit)
    charts.delete(parentElement)
    state.root.remove()
    if (!state.drawn) return
    Promise.all([plotly(), state.busy, state.showing]).then(([library]) => library.purge(state.node), () => undefined)
  }
}
