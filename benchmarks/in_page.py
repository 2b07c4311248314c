"""What the benchmark of the layout asks of a page, as scripts that run in it."""

# What moves without being asked: `cls` as the browser's own measure has it (the worst window of at most 5 s), without
# what moves within half a second of a click; `every` is the sum of all, and `worst` says what moved most
SHIFTS = """() => {
  const seen = (window.shifts = { entries: [] })
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      const moved = entry.sources.map(({ node, previousRect: from, currentRect: to }) => {
        const named = node?.nodeType === 1 ? node : node?.parentElement
        const key = named?.closest('[class*="st-key-"]')?.className.match(/st-key-\\S+/)?.[0] ?? ''
        return `${key} ${named?.dataset?.testid ?? named?.tagName} ${Math.round(from.y)}>${Math.round(to.y)}`
          + ` h${Math.round(from.height)}>${Math.round(to.height)}`
      })
      seen.entries.push({ at: entry.startTime, value: entry.value, asked: entry.hadRecentInput, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}"""
# What is cut, and what breaks in steps among the controls
MISFITS = """() => {
  const shown = node => {
    const box = node.getBoundingClientRect()
    return box.width > 1 && box.height > 1 && getComputedStyle(node).visibility !== 'hidden'
  }
  const words = node => (node.textContent || node.value || '').trim().slice(0, 40)
  const own = node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
  const quiet = '[data-testid="stDataFrame"], .bilstm-chart .spoken, [data-testid="stTooltipContent"], .js-plotly-plot'
  const cut = [...document.querySelectorAll('.stMain *, .stAppHeader *')].filter(node => {
    if (!shown(node) || node.closest(quiet)) return false
    const typed = node.tagName === 'INPUT' && ['text', 'number', ''].includes(node.type)
    if (!typed && !own(node)) return false
    for (let up = node; up && up.tagName !== 'SECTION'; up = up.parentElement) {
      const style = getComputedStyle(up)
      const clips = typed || style.textOverflow === 'ellipsis' || style.overflowX === 'hidden'
      if (up.scrollWidth > up.clientWidth + 1 && up.clientWidth > 0 && clips) return true
      if (typed || up.matches('button, label, p, [role=radio]')) break
    }
    return false
  }).map(words)
  const steps = []
  for (const group of document.querySelectorAll('[data-testid="stButtonGroup"]')) {
    const buttons = [...group.querySelectorAll('[role=radio], [data-variant] button')].filter(shown)
    const tops = new Set(buttons.map(button => Math.round(button.getBoundingClientRect().top)))
    if (tops.size > 1) steps.push(`${words(group.querySelector('label') ?? group)} in ${tops.size} rows`)
  }
  const range = document.createRange()
  for (const node of document.querySelectorAll(
      '.stMain button p, .stMain label p, .stMain [data-testid="stWidgetLabel"] p, .stMain summary p')) {
    if (!shown(node) || node.closest(quiet)) continue
    range.selectNodeContents(node)
    const lines = new Set([...range.getClientRects()].map(box => Math.round(box.bottom / 8)))
    if (node.getBoundingClientRect().height > 1.9 * parseFloat(getComputedStyle(node).lineHeight)) {
      steps.push(`${words(node)} in ${lines.size} lines`)
    }
  }
  // labels of one row: the last lines of their words stand at one height
  for (const row of document.querySelectorAll('.stMain [data-testid="stHorizontalBlock"]')) {
    if (!row.closest('.st-key-controls')) continue
    const labels = [...row.querySelectorAll('[data-testid="stWidgetLabel"] p')].filter(shown)
      .filter(label => !label.closest('[data-testid="stCheckbox"]'))
      .map(label => label.getBoundingClientRect())
    for (const label of labels) {
      const near = labels.find(other => other !== label && Math.abs(other.bottom - label.bottom) > 1.5
        && Math.abs(other.bottom - label.bottom) < 16)
      if (near) { steps.push(`labels ${Math.round(Math.abs(near.bottom - label.bottom))} px apart`); break }
    }
  }
  const main = document.querySelector('.stMain')
  const sideways = Math.max(main.scrollWidth - main.clientWidth,
    document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return { cut: [...new Set(cut)], steps: [...new Set(steps)], sideways: Math.max(0, sideways) }
}"""
STANDS = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  const busy = [...document.querySelectorAll('.bilstm-chart .status')].some(node => !node.hidden)
  const buttons = [...document.querySelectorAll('.stMain button:enabled')]
  const stop = buttons.some(button => button.innerText.trim().endsWith('Stop'))
  const now = performance.now()
  const loads = document.querySelector('.stMain [data-testid=stSkeleton], .arriving')
  const calm = app?.dataset.testScriptState === 'notRunning' && !busy && !stop && !loads
    && document.querySelector('.st-key-answer p, .st-key-answer h3')
  window.calmSince = calm ? (window.calmSince ?? now) : undefined
  return calm && now - window.calmSince > 1200
}"""
BOTTOM_OF_AXIS = """chart => {
  const node = document.querySelector(`[data-testid="chart-${chart}"], .bilstm-network`)
  const own = [...(node?.querySelectorAll('.xtitle') ?? [])]
  const titles = own.length ? own : [...(node?.querySelectorAll('.xaxislayer-above .xtick text, .below') ?? [])]
  const ends = titles.map(title => title.getBoundingClientRect().bottom)
  return ends.length ? Math.max(...ends) : (node?.getBoundingClientRect().bottom ?? null)
}"""
