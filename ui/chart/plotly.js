// Plotly's script, loaded once for all charts of a page: from the server's route, which browsers keep unpacked and parsed,
// or from the static folder where the host runs app.py as a plain script and answers with something else.

const LIBRARY = "__bilstmExplorerPlotly"
const NAME = "plotly.min.js" // component.py puts in the name and the hash of the installed one's content
const INTEGRITY = "sha256-"

// Of the packed script in the static folder
function addresses() {
  const urls = []
  for (const script of document.querySelectorAll("script[src]")) {
    const at = script.src.indexOf("/static/js/")
    if (at > 0) urls.push(new URL(`${script.src.slice(0, at)}/app/static/${NAME}.gz`))
  }
  urls.push(new URL(`app/static/${NAME}.gz`, document.baseURI))
  const own = urls.filter(address => address.origin === window.location.origin).map(String)
  return [...new Set(own)]
}

// What has not the content that its hash promises is not run: a plain host answers with its page
function run(address, integrity = "") {
  return new Promise(resolve => {
    const script = document.createElement("script")
    script.onload = () => resolve(true)
    script.onerror = () => resolve(false)
    script.integrity = integrity
    script.src = address
    document.head.append(script)
  })
}

// the name has the content's hash: what the browser keeps is right, whatever its age
async function unpack(address) {
  try {
    const response = await fetch(address, { cache: "force-cache" })
    if (!response.ok) return false
    const script = response.body.pipeThrough(new DecompressionStream("gzip"))
    const blob = new Blob([await new Response(script).arrayBuffer()], { type: "text/javascript" })
    const unpacked = URL.createObjectURL(blob)
    const loaded = await run(unpacked)
    URL.revokeObjectURL(unpacked)
    return loaded
  } catch {
    return false
  }
}

// Streamlit may have put a Plotly of its own on the page: it stays what window.Plotly means
async function loadLibrary() {
  const before = window.Plotly
  const ways = [
    () => run(new URL(`assets/${NAME}`, document.baseURI), INTEGRITY),
    ...addresses().map(address => () => unpack(address)),
  ]
  try {
    for (const way of ways) {
      window.Plotly = undefined
      if ((await way()) && window.Plotly) return window.Plotly
    }
  } finally {
    window.Plotly = before
  }
  throw new Error("Plotly is not served; is server.enableStaticServing on?")
}

function plotly() {
  window[LIBRARY] ??= loadLibrary().catch(error => {
    delete window[LIBRARY]
    throw error
  })
  return window[LIBRARY]
}
