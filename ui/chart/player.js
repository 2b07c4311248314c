// The controls under a figure that has frames: play, pause, and a scrubber.

const STILL = matchMedia("(prefers-reduced-motion: reduce)")
const STILL_MS = 500 // at least, between two moments, for whoever wants little motion
const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: true }, transition: { duration: 0 } }

function place(state, index) {
  const { controls, scrubber, position, frames, data } = state
  controls.hidden = !(frames.length > 1 && data.replay)
  if (controls.hidden) return
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

function play(state, seconds) {
  const last = state.frames.length - 1
  const from = state.index >= last ? 0 : state.index
  const started = performance.now() - (from / last) * seconds * 1000
  stop(state)
  show(state, from)
  state.pause.disabled = false
  let shown = started
  const tick = now => {
    const share = Math.max(0, Math.min((now - started) / (seconds * 1000), 1))
    if (!STILL.matches || share === 1) show(state, share * last)
    else if (now - shown >= STILL_MS) {
      shown = now
      show(state, Math.round(share * last))
    }
    if (share < 1) state.ticking = requestAnimationFrame(tick)
    else stop(state)
  }
  state.ticking = requestAnimationFrame(tick)
}

function stop(state) {
  cancelAnimationFrame(state.ticking)
  state.ticking = undefined
  state.pause.disabled = true
}
