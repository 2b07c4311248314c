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
const TYPED = "input:not([type=checkbox]), textarea, select, [contenteditable=true]"
const ARROWED = "[role=slider], [role=radio], [role=radiogroup], [role=tab], [role=combobox], [role=listbox]"
const READY = "class-keys-ready" // the bar tells its keys once they do something
const pages = new WeakMap()

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

function pressed(event) {
  const { target, key } = event
  const name = KEYS[key.length === 1 ? key.toLowerCase() : key]
  if (!name || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
  if (target.closest?.(TYPED) || target.closest?.("dialog") || (key.length > 1 && target.closest?.(ARROWED))) return
  event.preventDefault()
  event.stopImmediatePropagation() // R is Streamlit's own key, too
  act(name)
}

export default function ({ parentElement }) {
  if (!pages.has(parentElement)) {
    window.addEventListener("keydown", pressed, true) // one function: it is there once, however often it is added
    pages.set(parentElement, true)
  }
  document.documentElement.classList.add(READY)
  return () => {
    pages.delete(parentElement)
    document.documentElement.classList.remove(READY)
    window.removeEventListener("keydown", pressed, true)
  }
}
