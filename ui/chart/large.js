// A figure before a class, or within another page: with larger text and lines, and as tall as the screen has room for.

const TEXT = 1.25 // times as large
const LINES = 1.5 // times as wide
const LEAST = 0.8 // of its own height, below which a figure is not pressed together
const PANELS = 1.1 // times as large as its height allows is the text between panels
const MOST = 1.6
const TALLER = 6 // px: a line of larger text over or under a figure takes so much more room
const STEP = 8 // px: what lies around moves a little, and the figure need not follow

// As tall as leaves in sight what lies under the figure in its part of the page
function fitted(state, own) {
  if (!state.data.view) return own
  const { node, root } = state
  const place = root.closest('.st-key-figure [data-testid="stColumn"], .st-key-figure')
  const part = place?.closest('[data-testid="stColumn"]') ?? place // on Why the settings stand under the figure
  const scroller = root.closest('[data-testid="stMain"]')
  if (!part || !scroller) return own
  const box = node.getBoundingClientRect()
  const top = box.top + scroller.scrollTop
  const contents = [...part.querySelectorAll('[data-testid="stElementContainer"]')].filter(each => each.checkVisibility())
  const bottom = Math.max(box.bottom, ...contents.map(each => each.getBoundingClientRect().bottom))
  const bar = document.querySelector(".st-key-class-bar, .st-key-lead-back")?.getBoundingClientRect().height ?? 0
  const room = innerHeight - top - (bottom - box.bottom) - bar - STEP
  return Math.floor(Math.max(LEAST * own, Math.min(room, MOST * own)) / STEP) * STEP
}

function larger(part, text) {
  if (Array.isArray(part)) for (const each of part) larger(each, text)
  else if (part && typeof part === "object") {
    for (const [name, value] of Object.entries(part)) {
      if (name === "font" || name === "tickfont" || name === "textfont") {
        if (typeof value.size === "number") value.size *= text
      } else if (name === "line" && typeof value?.width === "number") value.width *= LINES
      else if (typeof value === "object" && name !== "customdata") larger(value, text)
    }
  }
}

// How much larger the text can be: between panels that lie one over the other there is only so much room
function textOf(layout, own) {
  const domains = Object.keys(layout).filter(name => name.startsWith("yaxis")).map(name => String(layout[name].domain))
  if (new Set(domains).size < 2) return TEXT
  return Math.max(1, Math.min(TEXT, (PANELS * layout.height) / own))
}

// Larger texts over the curves need more room between them. notes: of the figure, or what a frame changes of them
function spreadNotes(notes, { annotations, yaxis, height, margin }, text) {
  const [low, high] = yaxis?.range ?? []
  if (low !== 0 || !(high > 0)) return
  const [bottom, top] = yaxis.domain ?? [0, 1]
  const area = (height - margin.t - margin.b) * (top - bottom)
  for (const [anchor, over] of [["middle", APART / 2], ["bottom", APART]]) {
    const moved = [...notes.keys()].filter(i => {
      const { yref, xanchor, yanchor } = annotations[i]
      return yref === "y" && xanchor === "left" && yanchor === anchor && "y" in notes[i] && (notes[i].text ?? annotations[i].text)
    })
    const places = moved.map(i => (notes[i].y * area) / high)
    const least = anchor === "middle" ? over * text : 0
    spread(places, 1.15 * APART * text, least, area - over * text).forEach((place, rank) => {
      notes[moved[rank]].y = (place * high) / area
    })
  }
}

function enlarge({ data, layout, frames }, own) {
  const text = textOf(layout, own)
  larger(data, text)
  larger(layout, text)
  for (const frame of frames ?? []) {
    larger(frame.data, text)
    larger(frame.layout, text)
  }
  const { margin } = layout
  for (const side of ["l", "r"]) if (margin?.[side]) margin[side] *= text
  for (const side of ["t", "b"]) if (margin?.[side]) margin[side] = Math.min(margin[side] * text, margin[side] + TALLER)
  spreadNotes(layout.annotations ?? [], layout, text)
  for (const frame of frames ?? []) spreadNotes(frame.layout?.annotations ?? [], layout, text)
  for (const note of layout.annotations ?? []) {
    for (const shift of ["xshift", "yshift"]) if (note[shift]) note[shift] *= text
  }
}
