// Keys before a class: they press the buttons of its bar, start the replay, and fill the screen.

const KEYS = {
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "previous",
  PageUp: "previous",
  r: "reveal",
  p: "replay",
  f: "full screen",
}
const CLICKER = ["PageDown", "PageUp"] // what a presenter's remote control sends: it leads on wherever the focus is
const TYPED = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable=true]"
const CHOSEN = "[type=radio], [role=radio], [role=radiogroup], [role=tab]"
const ARROWED = `${CHOSEN}, [type=range], [role=slider], [role=combobox], [role=listbox]`
const READY = "class-keys-ready" // the bar tells its keys once they do something
const pages = new WeakMap()
let pointed = false // the last choice was made by a pointer: whoever makes it so does not go on by arrows

function inSight(element) {
  return element.checkVisibility() && !element.disabled
}

function act(name) {
  if (name === "full screen") {
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen?.().catch(() => undefined)
  } else if (name === "replay") {
    ;[...document.querySelectorAll('[data-testid="replay"]')].find(inSight)?.click()
  } else {
    const button = document.querySelector(`.st-key-class-${name} button`)
    if (button && inSight(button)) button.click()
  }
}

function isTaken({ target, key }) {
  if (target.closest?.("dialog")) return true
  if (CLICKER.includes(key)) return false
  if (target.closest?.(TYPED)) return true
  if (key.length === 1 || !target.closest?.(ARROWED)) return false
  return !(pointed && target.closest(CHOSEN))
}

function point() {
  pointed = true
}

function pressed(event) {
  const { key } = event
  if (key === "Tab") pointed = false
  const name = KEYS[key.length === 1 ? key.toLowerCase() : key]
  if (!name || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
  if (isTaken(event)) return
  event.preventDefault()
  event.stopImmediatePropagation() // R is Streamlit's own key, too
  act(name)
}

export default function ({ parentElement }) {
  if (!pages.has(parentElement)) {
    window.addEventListener("keydown", pressed, true) // one function: it is there once, however often it is added
    window.addEventListener("pointerdown", point, true)
    pages.set(parentElement, true)
  }
  document.documentElement.classList.add(READY)
  return () => {
    pages.delete(parentElement)
    document.documentElement.classList.remove(READY)
    window.removeEventListener("keydown", pressed, true)
    window.removeEventListener("pointerdown", point, true)
  }
}
