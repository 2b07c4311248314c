// A chart whose job is still being trained: how far it is, and its lines as far as they are known.

const DRAW_MS = 60

// The figure with the lines that grow as far as they are known
function filled(state) {
  state.stale = false
  const { base, data, runs, narrow, lines } = state
  return base.layout.meta?.growing ? grow(base, data.live?.lines ?? [], runs, narrow, lines) : base
}

function regrow(state) {
  const before = performance.now()
  sketch(state, filled(state))
  state.node.dataset.updates = String(Number(state.node.dataset.updates ?? 0) + 1)
  state.grown = performance.now()
  state.cost = state.grown - before
}

// What is told is shown in one frame: how far the job is, and the lines as they are known now. At most 16 times a second,
// and never for more than a third of the time
function growSoon(state) {
  state.stale ||= !state.base || Boolean(state.base.layout.meta?.growing)
  const rest = Math.max(DRAW_MS - (performance.now() - state.grown), 2 * state.cost)
  state.growing ??= setTimeout(() => {
    requestAnimationFrame(() => {
      state.growing = undefined
      if (state.news) tell(state, state.news)
      if (!state.stale || !state.base) return
      if (state.busy || !state.drawn) update(state)
      else regrow(state)
    })
  }, rest)
}

function tell(state, { text, share }) {
  const { status, words, bar, spoken } = state
  status.hidden = false
  if (text) words.textContent = text
  bar.style.width = `${100 * share}%`
  const quarter = Math.floor(4 * share)
  if (quarter === state.quarter || quarter === 4) return // its end is told when it is over
  state.quarter = quarter
  spoken.textContent = quarter ? `${25 * quarter}% trained` : "Asked to train"
}

// Follows the job that the page waits for; what the page itself knew of it comes first
function attend(state) {
  const { live } = state.data
  if (!live || live.job !== state.job) {
    state.leave?.()
    state.leave = undefined
    state.job = live?.job
    state.runs = {}
    state.lines.clear()
    state.heard = false
    state.quarter = undefined
    state.news = undefined
  }
  if (!live) {
    state.status.hidden = true
    return
  }
  const told = message => {
    takeIn(state.runs, message)
    state.news = { ...message, text: message.text || state.news?.text }
    growSoon(state)
  }
  if (!state.heard) {
    told(live.message)
    tell(state, state.news)
  }
  if (live.polled || state.leave) return
  state.leave = listen(live.job, live.watcher, {
    told: message => {
      state.heard = true
      told(message)
      if (message.over) over()
    },
    lost: () => over(),
    deaf: () => state.setTriggerValue("deaf", live.job),
  })
  const over = () => {
    state.spoken.textContent = "The training is over."
    state.leave = undefined // should the page ask again, it is listened to again
    state.setTriggerValue("over", live.job)
  }
}
