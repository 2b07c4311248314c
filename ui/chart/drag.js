// A sequence's blocks can be dragged: over each bar lies a slider, for mouse, touch and keys. The bars move at once in
// the browser; the page's script runs once, when the drag is over.

const HIGHEST = 0.999 // of a value; as the page's own slider has it
const MOVED = 3 // px, before a press is a drag
const FINGER = matchMedia("(pointer: coarse)")
const LEAST_HEIGHT = () => (FINGER.matches ? 44 : 28) // px of a handle
const HALF_WIDTH = () => (FINGER.matches ? 0.5 : 0.46) // timesteps
const STEPS = { ArrowUp: 0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 }
const KEYS_OVER_MS = 600

// Where each block begins, of values that stand on one another, or side by side
function bases(values, { stacked, from_end }) {
  const places = [...values.keys()]
  if (from_end) places.reverse()
  const result = []
  let sum = 0
  for (const place of places) {
    result[place] = stacked ? sum : 0
    sum += values[place]
  }
  return result
}

function layHandles(state) {
  const { node, handles } = state
  const how = state.data.draggable && node.layout?.meta?.drag
  handles.hidden = !how
  if (!how || state.dragging) return
  const { x, y } = node._fullData[how.trace]
  state.blocks = { how, x: Array.from(x), values: Array.from(y) }
  while (handles.children.length > y.length) handles.lastChild.remove()
  while (handles.children.length < y.length) addHandle(state, handles.children.length)
  placeHandles(state)
}

function placeHandles(state) {
  const { node, handles, blocks } = state
  const { xaxis, yaxis } = node._fullLayout
  const under = bases(blocks.values, blocks.how)
  const [first, last] = xaxis.range
  const chosen = blocks.x.indexOf(blocks.how.chosen)
  for (const [place, handle] of [...handles.children].entries()) {
    const [t, value] = [blocks.x[place], blocks.values[place]]
    const [left, right] = [t - HALF_WIDTH(), t + HALF_WIDTH()].map(at => xaxis._offset + xaxis.d2p(at))
    const [top, bottom] = [under[place] + value, under[place]].map(at => yaxis._offset + yaxis.d2p(at))
    const height = Math.max(LEAST_HEIGHT(), bottom - top)
    Object.assign(handle.style, {
      left: `${left}px`,
      width: `${right - left}px`,
      top: `${node.offsetTop + (top + bottom - height) / 2}px`,
      height: `${height}px`,
    })
    handle.hidden = t < first || t > last
    handle.tabIndex = place === Math.max(chosen, 0) ? 0 : -1
    handle.dataset.value = value.toFixed(3)
    handle.setAttribute("aria-label", `Block at timestep ${t}`)
    handle.setAttribute("aria-valuenow", value.toFixed(3))
  }
}

function moveTo(state, place, value) {
  const { node, blocks, library } = state
  blocks.values[place] = Math.round(Math.min(HIGHEST, Math.max(0, value)) * 1000) / 1000
  placeHandles(state)
  cancelAnimationFrame(state.moving)
  state.moving = requestAnimationFrame(() => {
    const moved = { y: [blocks.values], base: [bases(blocks.values, blocks.how)] }
    library.restyle(node, moved, [blocks.how.trace])
  })
}

function moveOver(state, place) {
  const { x, values } = state.blocks
  state.setTriggerValue("drag", { timestep: x[place], value: values[place] })
}

function addHandle(state, place) {
  const { handles, node } = state
  const handle = element(handles, "div", {
    class: "handle",
    role: "slider",
    "aria-orientation": "vertical",
    "aria-valuemin": "0",
    "aria-valuemax": String(HIGHEST),
  })
  let from
  handle.onpointerdown = event => {
    if (event.button) return
    handle.setPointerCapture(event.pointerId)
    from = { y: event.clientY, value: state.blocks.values[place], moved: false }
  }
  handle.onpointermove = event => {
    if (!from) return
    const up = from.y - event.clientY
    if (!from.moved && Math.abs(up) < MOVED) return
    if (!from.moved) state.library?.Fx.unhover(node) // what it says is the value of before
    from.moved = state.dragging = true
    handle.classList.add("dragged")
    const { yaxis } = node._fullLayout
    moveTo(state, place, from.value + up * ((yaxis.range[1] - yaxis.range[0]) / yaxis._length))
  }
  const end = (event, given) => {
    if (!from) return
    const { moved, value } = from
    from = undefined
    state.dragging = false
    handle.classList.remove("dragged")
    if (given) moveTo(state, place, value)
    else if (moved) moveOver(state, place)
    else state.setTriggerValue("click", { curve: 0, x: state.blocks.x[place], y: value, customdata: [] })
  }
  handle.onpointerup = event => end(event, false)
  handle.onpointercancel = event => end(event, true)
  handle.onpointerenter = () => {
    if (!state.dragging) state.library?.Fx.hover(node, [{ curveNumber: state.blocks.how.trace, pointNumber: place }])
  }
  handle.onpointerleave = () => state.library?.Fx.unhover(node)
  let waiting
  const keysOver = () => {
    if (!waiting) return
    clearTimeout(waiting)
    waiting = undefined
    state.dragging = false
    moveOver(state, place)
  }
  handle.onkeydown = event => {
    const step = STEPS[event.key]
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (aside) handles.children[place + aside]?.focus()
    else if (event.key === "Enter" || event.key === " ")
      state.setTriggerValue("click", { curve: 0, x: state.blocks.x[place], y: 0, customdata: [] })
    else if (step) {
      clearTimeout(waiting)
      state.dragging = true
      moveTo(state, place, state.blocks.values[place] + step)
      waiting = setTimeout(keysOver, KEYS_OVER_MS)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  handle.onblur = keysOver
}
