// One act of a visitor makes at most one entry of the browser's history. Streamlit makes one whenever the address
// changes, also where a run of the page changes it by itself: a training comes and goes there, what it shows follows.

const OF_A_RUN = "job" // the parameter that names a training while it runs

function withoutRun(address) {
  const { pathname, searchParams } = new URL(address, location.href)
  searchParams.delete(OF_A_RUN)
  return searchParams.size ? `${pathname}?${searchParams}` : pathname
}

function keepHistoryShort() {
  const recent = { acted: false }
  for (const act of ["pointerdown", "keydown"]) {
    window.addEventListener(act, event => (recent.acted ||= event.isTrusted), true)
  }
  const push = history.pushState
  history.pushState = function (state, unused, address) {
    const here = withoutRun(location.href)
    const elsewhere = new URL(address ?? "", location.href).pathname !== location.pathname
    if (!elsewhere && (!recent.acted || withoutRun(address ?? "") === here)) {
      return history.replaceState(state, unused, address)
    }
    recent.acted = false
    // whoever comes back to what is left here is not led to a training that has ended
    if (new URL(location.href).searchParams.has(OF_A_RUN)) history.replaceState(history.state, "", here)
    return push.call(history, state, unused, address)
  }
}

if (!window.bilstmKeepsHistoryShort) keepHistoryShort() // a script that has changed is loaded a second time
window.bilstmKeepsHistoryShort = true
