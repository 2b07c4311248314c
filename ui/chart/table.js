// A chart's data as a table, one key away: made from the traces as they are drawn, so that every chart has one.

const MOST_ROWS = 200

const unmarked = text => String(text ?? "").replace(/<br>/g, " ").replace(/<[^>]*>/g, "").replace(/\*\*/g, "")

function written(value) {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return written(value[0])
  if (value === null || value === undefined || Number.isNaN(value)) return ""
  if (typeof value !== "number") return unmarked(value)
  const small = value !== 0 && Math.abs(value) < 0.001
  const text = small ? value.toPrecision(2) : value.toLocaleString("en", { maximumFractionDigits: 4 })
  return text.replace("-", "−")
}

// How a trace stands in a table, as canvas.column says it; undefined where it is no data
function columnOf({ meta, name, hoverinfo, visible }) {
  if (visible === false || meta?.column === null) return undefined
  if (meta?.column !== undefined) return meta
  if (meta?.part === "band") return { column: meta.label, value: "y", row: "x", band: true }
  return hoverinfo === "skip" ? undefined : { column: name, value: "y", row: "x" }
}

const axisTitle = (layout, axis, letter) => unmarked(layout[(axis ?? letter).replace(letter, `${letter}axis`)]?.title?.text)

function heatTable(trace, { column, value, row, rows, names_across, names_down }, layout) {
  const names = names_across ?? Array.from(trace.x ?? trace.z[0].keys())
  const steps = Array.from(trace.y ?? trace.z.keys())
  const across = axisTitle(layout, trace.xaxis, "x")
  const own = names_down ?? (row && row !== "x" ? trace[row] : undefined)
  return {
    title: column,
    head: [`${rows || axisTitle(layout, trace.yaxis, "y")} by ${across}`, ...names.map(written)],
    rows: steps.map((step, r) => [written(own ? own[r] : step), ...names.map((_, c) => written(trace[value]?.[r]?.[c]))]),
  }
}

function thinned(rows) {
  if (rows.length <= MOST_ROWS) return rows
  const step = (rows.length - 1) / (MOST_ROWS - 1)
  return Array.from({ length: MOST_ROWS }, (_, i) => rows[Math.round(i * step)])
}

// The tables of traces (decoded, as in Plotly's _fullData): title, head and rows of texts, how many rows there are in all
function tablesOf(data, layout) {
  const heats = []
  const groups = new Map()
  for (const trace of data) {
    const how = columnOf(trace)
    if (!how) continue
    if (trace.type === "heatmap") {
      heats.push(heatTable(trace, how, layout))
      continue
    }
    const { column, value, row, rows, band } = how
    const title = rows || axisTitle(layout, trace.xaxis, "x") || "number"
    const key = `${trace.xaxis ?? "x"} ${title}`
    if (!groups.has(key)) groups.set(key, { title: axisTitle(layout, trace.yaxis, "y"), rows: title, columns: [], cells: new Map() })
    const group = groups.get(key)
    const put = (name, places, values) => {
      if (!group.columns.includes(name)) group.columns.push(name)
      values.forEach((cell, i) => {
        const found = places ? places[i] : i + 1
        const place = Array.isArray(found) || ArrayBuffer.isView(found) ? found[0] : found
        if (place === null || place === undefined || Number.isNaN(place)) return
        if (!group.cells.has(place)) group.cells.set(place, {})
        const text = written(cell)
        if (text) group.cells.get(place)[name] = trace.name === "wrong" ? `${text} (wrong)` : text
      })
    }
    const values = Array.from(trace[value] ?? [])
    const places = row ? Array.from(trace[row] ?? []) : undefined
    if (!band) put(unmarked(column), places, values)
    else {
      const half = values.length / 2
      put(`${unmarked(column)}, 10% of starts below`, places.slice(half), values.slice(half))
      put(`${unmarked(column)}, 90% of starts below`, places.slice(0, half), values.slice(0, half))
    }
  }
  const tables = [...groups.values()].map(({ title, rows, columns, cells }) => {
    const places = [...cells.keys()]
    if (places.every(place => typeof place === "number")) places.sort((a, b) => a - b)
    const lines = places.map(place => [written(place), ...columns.map(name => cells.get(place)[name] ?? "")])
    return { title, head: [rows, ...columns], rows: lines }
  })
  return [...tables, ...heats].map(table => ({ ...table, all: table.rows.length, rows: thinned(table.rows) }))
}

function shownData(state) {
  const drawn = state.node._fullData ?? []
  if (!state.job) return drawn
  const { data } = filled(state)
  return drawn.map((trace, i) => {
    const { x, y } = data[i] ?? {}
    return Array.isArray(x) && Array.isArray(y) ? { ...trace, x, y } : trace
  })
}

function showTable(state) {
  const { root, node, data } = state
  if (!data.tabled || !node._fullData || state.dialog) return
  const name = data.name || "Chart"
  const dialog = element(root, "dialog", { class: "data", "aria-label": `${name} As a table`, "data-testid": `table-${data.key}` })
  const close = element(dialog, "button", { type: "button" }, "Close")
  element(dialog, "p", {}, data.alt)
  for (const { title, head, rows, all } of tablesOf(shownData(state), node._fullLayout)) {
    const part = element(dialog, "div", { class: "scroll", role: "region", tabindex: "0", "aria-label": `Table: ${title || name}` })
    const table = element(part, "table", {})
    const some = all > rows.length ? `${title ? ": " : ""}${rows.length} of ${all.toLocaleString("en")} points` : ""
    element(table, "caption", {}, `${title}${some}` || name)
    const line = element(element(table, "thead", {}), "tr", {})
    for (const text of head) element(line, "th", { scope: "col" }, text)
    const body = element(table, "tbody", {})
    for (const [first, ...cells] of rows) {
      const row = element(body, "tr", {})
      element(row, "th", { scope: "row" }, first)
      for (const text of cells) element(row, "td", {}, text)
    }
  }
  state.dialog = dialog
  close.onclick = () => dialog.close()
  dialog.onclick = event => event.target === dialog && dialog.close()
  dialog.onclose = () => {
    dialog.remove()
    state.dialog = undefined
    state.tabled.focus()
  }
  dialog.showModal()
}

// While an answer is covered (data.tabled) there is no table. The button is seen once it has the focus; T does the same from anything within the chart
function offerTable(state) {
  const { root, node } = state
  state.tabled = element(root, "button", { type: "button", class: "tabled" }, "Show as table")
  root.insertBefore(state.tabled, node)
  state.tabled.onclick = () => showTable(state)
  root.addEventListener("keydown", event => {
    if (!state.data.tabled || event.key.toLowerCase() !== "t" || event.ctrlKey || event.altKey || event.metaKey || state.dialog) return
    event.preventDefault()
    event.stopPropagation()
    showTable(state)
  })
}
