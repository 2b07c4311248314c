// A figure as this page shows it: in the theme's colours, and shortened where there is little room.

const NARROW = 480
const [LOW, WIDE] = [800, 641] // px: a screen as low as that, and no phone's; as ui/page.css has it
const ON_DARK = {} // a colour of the light theme -> its shade in the dark one

const channels = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)).join(", ")

function merge(into, patch) {
  for (const [name, value] of Object.entries(patch)) {
    const nested = value && typeof value === "object" && !Array.isArray(value)
    if (nested) into[name] = merge(into[name] ?? {}, value)
    else into[name] = value
  }
  return into
}

function shorten(layout) {
  for (const note of layout?.annotations ?? []) if (note.name) note.text = note.name
}

// The same colours in their shades for the dark theme, also where they are faint
function onDark(text) {
  const faint = Object.fromEntries(Object.entries(ON_DARK).map(pair => pair.map(channels)))
  return text
    .replace(/#[0-9A-F]{6}/g, colour => ON_DARK[colour] ?? colour)
    .replace(/rgba\((\d+, \d+, \d+)/g, (whole, colour) => (faint[colour] ? `rgba(${faint[colour]}` : whole))
}

// Of the app: what is open over the page stands beside it in the document
function isDark() {
  return getComputedStyle(document.querySelector(".stApp") ?? document.body).colorScheme === "dark"
}

// light: the colours of the page by name, in place of those of its theme
function themed(text, parentElement, light) {
  const style = getComputedStyle(parentElement)
  const colour = name => light?.[`var(${name})`] ?? style.getPropertyValue(name).trim().replaceAll('"', "'")
  const shades = isDark() && !light ? onDark(text) : text
  const resolved = shades.replace(/var\((--st-[a-z-]+)\)/g, (_, name) => colour(name) || "#808080")
  const figure = JSON.parse(resolved)
  const [ink, grid] = [colour("--st-text-color"), colour("--st-border-color")]
  const { layout } = figure
  if (layout.meta?.frames) figure.frames = JSON.parse(layout.meta.frames)
  delete layout.meta?.frames
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

const LETTER = 0.45 // of its font's size is a letter wide, about

// A text in the middle under a narrow figure that is wider than its room would be cut
function fitTexts({ annotations, margin }, width) {
  for (const { text, font, x, xref, xanchor } of annotations ?? []) {
    if (xref !== "paper" || x !== 0.5 || (xanchor ?? "auto") !== "auto" || !font?.size) continue
    const middle = margin.l + x * (width - margin.l - margin.r)
    const room = 2 * Math.min(middle, width - middle)
    const letters = Math.max(...String(text ?? "").split("<br>").map(line => line.replace(/<[^>]*>/g, "").length))
    if (letters && room > 0) font.size = Math.min(font.size, room / (letters * LETTER))
  }
}

// Before a class, and within another page, a figure is fitted to its room instead
function isLow({ low_height, view }) {
  return Boolean(low_height) && !view && innerHeight <= LOW && innerWidth >= WIDE
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
  const own = state.narrow && meta?.narrow?.height ? meta.narrow.height : data.height
  const height = fitted(state, isLow(data) ? data.low_height : own)
  layout.height = height
  if (data.view === "class") enlarge(figure, own)
  fitTexts(layout, root.clientWidth)
  root.style.setProperty("--beside", `${layout.margin.r}px`)
  layout.autosize = true
  delete layout.width
  state.node.style.height = `${height}px`
  state.frames = figure.frames ?? []
  state.reveals = revealable(state.frames)
  if (state.reveals) delete figure.frames
  return figure
}

function signature(state) {
  const { data } = state
  const style = getComputedStyle(state.parentElement)
  const theme = ["--st-text-color", "--st-background-color", "--st-border-color"].map(name => style.getPropertyValue(name))
  const { width } = state.root.getBoundingClientRect()
  return JSON.stringify([data.figure, data.from_start, data.height, theme, width > 0 && width < NARROW, data.view, isLow(data) && data.low_height, fitted(state, data.height)])
}
