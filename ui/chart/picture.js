// Saves a figure as a picture: the browser draws it out of sight, in the page's theme, or on white, to be printed.

const LIGHT = {} // the names of the page's colours -> what they are in the light theme
const WIDTH = 960 // px
const pictures = new WeakMap()

function pictured(state) {
  const { data, parentElement, onWhite } = state
  const figure = themed(data.figure, parentElement, onWhite.checked ? LIGHT : undefined)
  const paper = onWhite.checked
    ? LIGHT["var(--st-background-color)"]
    : getComputedStyle(parentElement).getPropertyValue("--st-background-color").trim()
  const { meta, ...layout } = figure.layout
  const size = { width: WIDTH, height: data.height }
  return { data: figure.data, layout: { ...layout, ...size, autosize: false, paper_bgcolor: paper, plot_bgcolor: paper } }
}

async function savePicture(state, format) {
  const { data, failure, root } = state
  try {
    const library = await plotly()
    const figure = pictured(state)
    const size = { width: WIDTH, height: data.height, scale: format === "png" ? 2 : 1 }
    const href = await library.toImage(figure, { format, ...size })
    const link = element(root, "a", { href, download: `${data.name}.${format}` }) // within what is open: it stays open
    link.click()
    link.remove()
    failure.textContent = ""
  } catch (error) {
    failure.textContent = `This picture could not be made: ${error.message ?? error}. Reload the page.`
    console.error(error)
  }
}

function buildPicture(parentElement) {
  const root = element(parentElement, "div", { class: "bilstm-chart picture" })
  const state = { parentElement, root }
  for (const format of ["png", "svg"]) {
    const label = format.toUpperCase()
    const button = element(root, "button", { type: "button", "data-testid": `picture-${format}` }, label)
    button.onclick = () => savePicture(state, format)
  }
  const choice = element(root, "label", {})
  state.onWhite = element(choice, "input", { type: "checkbox", "data-testid": "picture-on-white" })
  choice.append("on white, for print")
  state.choice = choice
  state.failure = element(root, "div", { class: "failure", role: "alert" })
  pictures.set(parentElement, state)
  return state
}

function offerPicture({ parentElement, data }) {
  const state = pictures.get(parentElement) ?? buildPicture(parentElement)
  state.data = data
  state.choice.hidden = !isDark() // the light theme is on white anyway
  return () => {
    pictures.delete(parentElement)
    state.root.remove()
  }
}
