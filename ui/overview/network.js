const pictures = new WeakMap()

function element(parent, tag, attributes) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  parent.append(made)
  return made
}

function light(state, output) {
  if (!output || output > state.said.length) return
  state.output = output
  state.slider.value = String(output)
  state.slider.setAttribute("aria-valuetext", state.said[output - 1])
  state.label.textContent = state.said[output - 1]
  for (const part of state.picture.querySelectorAll("[data-reaches]")) {
    part.classList.toggle("lit", part.dataset.reaches.split(" ").includes(String(output)))
  }
}

function build(parentElement) {
  const root = element(parentElement, "div", { class: "bilstm-network" })
  const rows = element(root, "div", { class: "rows", "aria-hidden": "true" })
  const picture = element(root, "div", { class: "picture", role: "img" })
  const below = element(root, "div", { class: "below" })
  const slider = element(below, "input", { type: "range", min: "1", step: "1", "aria-label": "Output" })
  const label = element(below, "span", { class: "said", "data-testid": "has-read" })
  const state = { root, rows, picture, below, slider, label, said: [] }
  const pointed = event => light(state, Number(event.target.closest("[data-output]")?.dataset.output))
  picture.onpointerover = pointed
  picture.onclick = pointed
  slider.oninput = () => light(state, Number(slider.value))
  return state
}

export default function (component) {
  const { parentElement } = component
  const data = JSON.parse(component.data.picture)
  let state = pictures.get(parentElement)
  if (!state) {
    state = build(parentElement)
    pictures.set(parentElement, state)
  }
  const { root, rows, picture, below, slider } = state
  state.said = data.said
  for (const [kind, tone] of Object.entries(data.tones)) root.style.setProperty(`--${kind}`, tone)
  picture.innerHTML = data.svg
  picture.dataset.testid = data.key
  picture.setAttribute("aria-label", data.alt)
  rows.replaceChildren()
  for (const [name, top] of data.rows) element(rows, "span", { style: `top: ${top}px` }).textContent = name
  below.classList.toggle("covered", !data.said.length)
  if (data.said.length) {
    slider.max = String(data.said.length)
    light(state, Math.min(state.output ?? data.asked, data.said.length))
  } else {
    state.label.textContent = ""
    picture.querySelector(`[data-output="${data.asked}"]`).classList.add("lit")
  }
  return () => {
    pictures.delete(parentElement)
    root.remove()
  }
}
