// The controls under a figure that has frames: play, pause, how fast, and a scrubber.

const WHOLE_S = 3 // a whole replay at speed 1
const SPEEDS = [[0.1, "⅒× (30 s)"], [0.25, "¼× (12 s)"], [0.5, "½× (6 s)"], [1, "1× (3 s)"], [2, "2× (1.5 s)"]]
let speed = 1 // of all replays of the page, so that one choice holds for a lesson

function offerSpeeds(controls) {
  const label = element(controls, "label", { class: "speed" }, "Speed ")
  const list = element(label, "select", { "data-testid": "replay-speed" })
  for (const [factor, text] of SPEEDS) element(list, "option", { value: String(factor) }, text)
  list.value = String(speed)
  list.onchange = () => {
    speed = Number(list.value)
    for (const other of document.querySelectorAll('[data-testid="replay-speed"]')) other.value = list.value
  }
  return list
}

const STILL = matchMedia("(prefers-reduced-motion: reduce)")
const STILL_MS = 500 // at least, between two moments, for whoever wants little motion
const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } }

function place(state, index) {
  const { controls, scrubber, position, frames, data } = state
  controls.hidden = !(frames.length > 1 && data.replay)
  if (controls.hidden) return
  state.speeds.value = String(speed)
  state.index = index
  scrubber.max = String(frames.length - 1)
  scrubber.value = String(index)
  scrubber.setAttribute("aria-valuetext", frames[index].name)
  position.textContent = frames[index].name
}

// Shows a frame, or a moment between two; where Plotly draws it, the latest one asked for while another is being drawn
function show(state, at) {
  const index = state.reveals ? Math.floor(at) : Math.round(at)
  if (index >= state.frames.length || state.busy) return
  if (state.reveals) {
    reveal(state, at)
    if (index !== state.index) place(state, index)
    return
  }
  if (index === state.index) return
  place(state, index)
  state.pending = index
  state.showing ??= (async () => {
    try {
      const library = await plotly()
      while (state.pending !== undefined && state.alive) {
        const { name } = state.frames[state.pending]
        state.pending = undefined
        await library.animate(state.node, [name], AT_ONCE)
      }
    } catch (error) {
      if (error) console.error(error)
    } finally {
      state.showing = undefined
    }
  })()
}

// All curves move on together, as fast as the speed says at each moment: it can be changed while the race runs
function play(state) {
  const last = state.frames.length - 1
  let at = state.index >= last ? 0 : state.index
  let before
  stop(state)
  show(state, at)
  state.pause.disabled = false
  let shown = performance.now()
  const tick = now => {
    at = Math.min(last, at + ((now - (before ?? now)) / (WHOLE_S * 1000)) * last * speed)
    before = now
    if (!STILL.matches || at === last) show(state, at)
    else if (now - shown >= STILL_MS) {
      shown = now
      show(state, Math.round(at))
    }
    if (at < last) state.ticking = requestAnimationFrame(tick)
    else stop(state)
  }
  state.ticking = requestAnimationFrame(tick)
}

function stop(state) {
  cancelAnimationFrame(state.ticking)
  state.ticking = undefined
  state.pause.disabled = true
}
