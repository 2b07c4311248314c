{
  // While its parts are loaded a page would be put together before its reader's eyes, and move under them.
  const LONGEST_MS = 3000 // from the page's question, the first that is there
  const STILL_MS = 120
  const root = document.documentElement
  root.classList.add("arriving")
  let asked
  let places = ""
  let since = 0
  const look = () => {
    const now = performance.now()
    const main = document.querySelector(".stMain")
    if (main?.querySelector("h1, [role=alert]")) asked ??= now
    const there = [...(main?.querySelectorAll("[data-testid=stElementContainer]") ?? [])]
    const tops = there.map(part => Math.round(part.getBoundingClientRect().top)).join()
    if (tops !== places) [places, since] = [tops, now]
    const still = now - since > STILL_MS && !main?.querySelector("[data-testid=stSkeleton]")
    const drawn = main?.querySelector(".st-key-figure :is(.plot, .bilstm-network, [role=alert])")
    const stands = still && drawn && document.querySelector(".stApp")?.dataset.testScriptState === "notRunning"
    if (asked !== undefined && (stands || now - asked > LONGEST_MS)) root.classList.remove("arriving")
    else setTimeout(look, 30)
  }
  look()
}
