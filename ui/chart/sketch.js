// The lines that grow are drawn over the rest of the figure as SVG: Plotly draws a whole figure anew for each change.
// What it drew of them, as far as they were known, is hidden meanwhile; the finished figure is Plotly's again.

const BOLD = /^<b>/
const TEXT_AT = 2 // px from a note's place to its text: Plotly's own border and padding

function dashes(dash, width) {
  const unit = Math.max(width, 3)
  const parts = { dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1] }[dash] ?? []
  return parts.map(part => part * unit).join(",")
}

// A line through the points that are there; `closed` around an area
function throughPoints(x, y, [across, up], closed) {
  let path = ""
  let drawing = false
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) {
      drawing = false
      continue
    }
    path += `${drawing ? "L" : "M"}${across.d2p(x[i]).toFixed(1)},${up.d2p(y[i]).toFixed(1)}`
    drawing = true
  }
  return closed && path ? `${path}Z` : path
}

function atPoints(x, y, [across, up], size) {
  return x.map((at, i) => circle(across.d2p(at), up.d2p(y[i]), size)).join("")
}

function words(text) {
  return new DOMParser().parseFromString(text, "text/html").body.textContent
}

function beginSketch(state, figure) {
  const { node } = state
  const { first_note, labels, curtain } = figure.layout.meta.growing
  const growing = new Set(state.data.live.lines.map(({ label }) => label))
  const [hidden, own] = [[], []]
  const traces = figure.data.flatMap((trace, index) => {
    const { meta, mode, line, marker, fill, fillcolor, opacity = 1, xaxis = "x", yaxis = "y" } = trace
    if (!meta?.part || !growing.has(meta.label)) return []
    const { plot } = node._fullLayout._plots[xaxis + yaxis]
    hidden.push(...node.querySelectorAll(`.trace${node._fullData[index].uid}`))
    const marks = mode.includes("markers")
    const look = marks
      ? { fill: marker.color, "fill-opacity": marker.opacity ?? 1 }
      : { fill: fill ? fillcolor : "none", stroke: line?.color ?? "none", "stroke-width": line?.width ?? 2 }
    const element = svg(plot.node(), "path", {
      ...look,
      opacity,
      class: "sketch",
      "pointer-events": "none",
      "stroke-dasharray": marks ? "" : dashes(line?.dash, line?.width ?? 2),
      "stroke-linejoin": "round",
    })
    own.push(element)
    return [{ index, element, size: marks && marker.size, closed: Boolean(fill), axes: [xaxis, yaxis].map(name => axisOf(node, name)) }]
  })
  const group = svg(node.querySelector(".layer-above"), "g", { class: "sketch", "pointer-events": "none" })
  own.push(group)
  const notes = labels.map((_, number) => {
    const { font } = figure.layout.annotations[first_note + number]
    const style = `fill: ${font.color}; font-family: ${figure.layout.font.family}; font-size: ${font.size}px`
    hidden.push(...node.querySelectorAll(`.annotation[data-index="${first_note + number}"]`))
    return svg(group, "text", { style, "dominant-baseline": "central" })
  })
  const shapes = curtain.map(index => node.querySelector(`.layer-above path[data-index="${index}"]`))
  for (const element of hidden) element.style.visibility = "hidden"
  return { traces, notes, shapes, hidden, own }
}

// Draws a figure that differs from the one that Plotly drew last in nothing but what grows
function sketch(state, figure) {
  const { node } = state
  state.sketched ??= beginSketch(state, figure)
  const { traces, notes, shapes } = state.sketched
  const { data, layout } = figure
  const { first_note, curtain } = layout.meta.growing
  node.dataset.reached = String(Math.max(0, ...traces.flatMap(({ index }) => data[index].x.at(-1) ?? 0)))
  for (const { index, element, size, closed, axes } of traces) {
    const { x, y } = data[index]
    element.setAttribute("d", size ? atPoints(x, y, axes, size) : throughPoints(x, y, axes, closed))
  }
  notes.forEach((element, number) => {
    const { text, x, xref, y, yref, xshift = 0 } = layout.annotations[first_note + number]
    element.textContent = words(text)
    element.style.fontWeight = BOLD.test(text) ? "bold" : "normal"
    element.setAttribute("x", along(node, xref, x) + xshift + TEXT_AT)
    element.setAttribute("y", along(node, yref, y))
  })
  shapes.forEach((element, number) => {
    const shape = layout.shapes[curtain[number]]
    element?.setAttribute("d", outline(node, shape))
    element?.setAttribute("opacity", shape.opacity ?? 1)
  })
}

function unsketch(state) {
  if (!state.sketched) return
  for (const element of state.sketched.own) element.remove()
  for (const element of state.sketched.hidden) element.style.visibility = ""
  delete state.node.dataset.reached
  state.sketched = undefined
}
