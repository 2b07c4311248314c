// A replay is drawn over the finished figure, which stays as Plotly drew it: a curtain that moves aside, and the few
// marks that move with it. Plotly would draw every curve anew for each frame, and show none of them meanwhile.

const MOVING = ["x0", "x1", "x", "y"]

function svg(parent, tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  parent.append(made)
  return made
}

function revealable(frames) {
  return frames.length > 1 && frames.every(({ data }) => (data ?? []).every(({ type }) => type === "scatter"))
}

function axisOf(node, name) {
  return node._fullLayout[`${name[0]}axis${name.slice(1)}`]
}

// Where a value lies, in px of the whole figure. ref: an axis ("y2"), or its domain ("x domain"), counted from 0 to 1
function along(node, ref, value) {
  const [name, domain] = ref.split(" ")
  const axis = axisOf(node, name)
  if (!domain) return axis._offset + axis.d2p(value)
  return axis._offset + axis._length * (name[0] === "y" ? 1 - value : value)
}

function changing(items) {
  return [...(items ?? []).keys()].filter(index => Object.keys(items[index]).length)
}

function cover(state) {
  const { node, frames } = state
  const layer = node.querySelector(".layer-above")
  const group = svg(layer, "g", { class: "replay", "pointer-events": "none" })
  layer.prepend(group) // what the figure draws over everything stays over the curtain
  const { data, layout } = node
  const box = layer.ownerSVGElement.getBoundingClientRect()
  const hidden = []
  const shapes = changing(frames[0].layout.shapes).map(index => {
    const shape = layout.shapes[index]
    const { color = "none", width = 0 } = shape.line ?? {}
    const look = { fill: shape.fillcolor ?? "none", stroke: width ? color : "none", "stroke-width": width }
    return { index, shape, element: svg(group, "path", look) }
  })
  const traces = (frames[0].traces ?? []).map((index, place) => {
    const { uid } = node._fullData[index]
    const { mode, line, marker, xaxis, yaxis } = data[index]
    const axes = [axisOf(node, xaxis), axisOf(node, yaxis)]
    const [across, up] = axes
    const clip = svg(group, "clipPath", { id: `replay-${uid}` })
    svg(clip, "rect", { width: across._length, height: up._length })
    const within = { transform: `translate(${across._offset},${up._offset})`, "clip-path": `url(#replay-${uid})` }
    const panel = svg(group, "g", within)
    hidden.push(...node.querySelectorAll(`.trace${uid}`))
    const stroke = { fill: "none", stroke: line?.color ?? "none", "stroke-width": line?.width ?? 0 }
    const lines = mode.includes("lines") && svg(panel, "path", stroke)
    const marks = mode.includes("markers") && svg(panel, "path", { fill: marker.color })
    return { place, lines, marks, marker, axes }
  })
  const texts = changing(frames[0].layout.annotations).flatMap(index => {
    const drawn = node.querySelector(`.annotation[data-index="${index}"]`)
    const original = drawn?.querySelector("text")
    if (!original) return []
    const note = layout.annotations[index]
    const [inside, outside] = [original.getBBox(), original.getBoundingClientRect()]
    const right = note.xanchor === "right"
    const element = svg(group, "text", {
      style: `${original.getAttribute("style")}; font-weight: ${note.text.startsWith("<b>") ? "bold" : "normal"}`,
      "text-anchor": right ? "end" : "start",
      x: (right ? outside.right : outside.left) - box.left,
      y: outside.top - box.top + Number(original.getAttribute("y") ?? 0) - inside.y,
    })
    hidden.push(drawn)
    return [{ index, note, element }]
  })
  for (const element of hidden) element.style.visibility = "hidden"
  return { group, shapes, texts, traces, hidden }
}

function uncover(state) {
  if (!state.overlay) return
  for (const element of state.overlay.hidden) element.style.visibility = ""
  state.overlay.group.remove()
  state.overlay = undefined
}

function outline(node, { type, xref, yref, x0, x1, y0, y1 }) {
  const [left, right] = [along(node, xref, x0), along(node, xref, x1)]
  const [low, high] = [along(node, yref, y0), along(node, yref, y1)]
  return type === "rect" ? `M${left},${low}H${right}V${high}H${left}Z` : `M${left},${low}L${right},${high}`
}

function circle(x, y, size) {
  const r = size / 2
  return `M${x - r},${y}a${r},${r} 0 1 0 ${size},0a${r},${r} 0 1 0 ${-size},0Z`
}

function cross(x, y, size) {
  const a = (size / 2) * 0.8 * Math.SQRT1_2
  const [up, down] = [`l${a},${-a}`, `l${a},${a}`]
  const [upBack, downBack] = [`l${-a},${-a}`, `l${-a},${a}`]
  const arms = down + up + upBack + up + upBack + downBack + upBack + downBack + down + downBack + down
  return `M${x},${y + a}${arms}Z`
}

function points({ axes: [xaxis, yaxis] }, { x, y }) {
  const known = place => x[place] !== null && y[place] !== null
  return x.map((_, place) => (known(place) ? [xaxis.d2p(x[place]), yaxis.d2p(y[place])] : undefined))
}

function drawTrace(trace, data) {
  const placed = points(trace, data)
  if (trace.lines) {
    const joined = placed.map((point, place) => point && `${placed[place - 1] ? "L" : "M"}${point}`)
    trace.lines.setAttribute("d", joined.filter(Boolean).join(""))
  }
  if (trace.marks) {
    const mark = trace.marker.symbol === "x" ? cross : circle
    trace.marks.setAttribute("d", placed.filter(Boolean).map(([x, y]) => mark(x, y, trace.marker.size)).join(""))
  }
}

// Shows the moment `at`, a number from 0 to the last frame's: between two frames what moves lies between.
function reveal(state, at) {
  const { node, frames } = state
  state.at = at
  if (at >= frames.length - 1) {
    uncover(state)
    return
  }
  state.overlay ??= cover(state)
  const { overlay } = state
  const before = Math.floor(at)
  const moment = (part, index, original) => {
    const [now, next] = [frames[before].layout[part][index], frames[before + 1].layout[part][index]]
    const item = { ...original, ...now }
    for (const name of MOVING) {
      if (typeof now[name] === "number") item[name] = now[name] + (next[name] - now[name]) * (at - before)
    }
    return item
  }
  for (const { index, shape, element } of overlay.shapes) {
    const item = moment("shapes", index, shape)
    element.setAttribute("d", outline(node, item))
    element.setAttribute("opacity", item.opacity ?? 1)
  }
  for (const { index, note, element } of overlay.texts) {
    const item = moment("annotations", index, note)
    const [x, y] = [[item.xref, item.x, note.x], [item.yref, item.y, note.y]].map(
      ([ref, now, end]) => along(node, ref, now) - along(node, ref, end),
    )
    element.setAttribute("transform", `translate(${x},${y})`)
    const text = item.text.replace(/<[^>]*>/g, "")
    if (element.textContent !== text) element.textContent = text
    if (item.font?.color) element.style.fill = item.font.color
  }
  if (overlay.before === before) return
  overlay.before = before
  for (const trace of overlay.traces) drawTrace(trace, frames[before].data[trace.place])
}
