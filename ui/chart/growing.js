// The lines of runs that are still being trained, from their points: as figures/smoothing.py draws those of finished
// ones, which a test holds them to. Nothing here knows the page.

const MAX_POINTS = 1000
const APART = 16 // px between the labels at the lines' ends

// Takes in a message's points: from the point `from` on they take the place of what was there
function takeIn(runs, message) {
  for (const { run, from, ...news } of message.runs ?? []) {
    const known = (runs[run] ??= { seen: [], loss: [], last: [] })
    if (from > known.seen.length) continue
    for (const part of ["seen", "loss", "last"]) known[part] = known[part].slice(0, from).concat(news[part])
  }
}

function updatesAfter(seen, { sequences_per_epoch, batch_size, steps_per_epoch }) {
  const epoch = Math.floor((seen - 1) / sequences_per_epoch)
  return epoch * steps_per_epoch + Math.floor(((seen - 1) % sequences_per_epoch) / batch_size) + 1
}

// The mean loss of the last `window` sequences at each point, whole points counted; each stands for those since the last
function trailingMean(seen, mean, window) {
  const sums = [0]
  for (let i = 0; i < seen.length; i++) sums.push(sums[i] + mean[i] * (seen[i] - (seen[i - 1] ?? 0)))
  let first = 0
  return seen.map((at, i) => {
    while (seen[first] <= at - window) first++
    return (sums[i + 1] - sums[first]) / (at - (seen[first - 1] ?? 0))
  })
}

// A run's values at the places of all runs: straight between its own, NaN before its first and after its last
function resampled({ seen, smooth }, places) {
  const own = [...seen.keys()].filter(i => Number.isFinite(smooth[i]))
  let next = 0
  return places.map(at => {
    while (next < own.length && seen[own[next]] < at) next++
    if (next === own.length) return NaN
    const after = own[next]
    if (seen[after] === at) return smooth[after]
    if (next === 0) return NaN
    const before = own[next - 1]
    return smooth[before] + ((smooth[after] - smooth[before]) * (at - seen[before])) / (seen[after] - seen[before])
  })
}

function quantile(ranked, share) {
  const place = (ranked.length - 1) * share
  const below = Math.floor(place)
  const above = Math.min(below + 1, ranked.length - 1)
  return ranked[below] + (place - below) * (ranked[above] - ranked[below])
}

// Median, low (10 %) and high (90 %) over the runs at every place that any of them has
function band(runs) {
  const places = [...new Set(runs.flatMap(run => run.seen))].sort((a, b) => a - b)
  const values = runs.length === 1 ? [runs[0].smooth] : runs.map(run => resampled(run, places))
  const ranked = places.map((_, i) => values.map(run => run[i]).filter(Number.isFinite).sort((a, b) => a - b))
  const [low, median, high] = [0.1, 0.5, 0.9].map(share =>
    ranked.map(known => (known.length ? quantile(known, share) : NaN)),
  )
  return { places, low, median, high }
}

// Places of at most `points` of the points that are there: the first, the last, and the lows and highs between, evenly
// over the axis as shown. Of a curve that ends at x = `end` and then has `total` points: those that it shows then
function downsampled(x, y, logX, { end, total }, points = MAX_POINTS) {
  if (total <= points || !x.length) return [...x.keys()]
  const along = value => (logX ? Math.log(Math.max(value, 1)) : value)
  const buckets = Math.floor((points - 2) / 2)
  const [first, last] = [along(x[0]), along(end)]
  const lows = new Map()
  const highs = new Map()
  for (let i = 0; i < x.length; i++) {
    const bucket = Math.min(Math.floor(((along(x[i]) - first) / (last - first)) * buckets), buckets - 1)
    if (!lows.has(bucket) || y[i] < y[lows.get(bucket)]) lows.set(bucket, i)
    if (!highs.has(bucket) || y[i] > y[highs.get(bucket)]) highs.set(bucket, i)
  }
  return [...new Set([0, ...lows.values(), ...highs.values(), x.length - 1])].sort((a, b) => a - b)
}

// Positions moved as little as needed to lie `apart` from each other, within low to high: as canvas.spread
function spread(positions, apart, low, high) {
  const middle = members => {
    const half = (apart * (members.length - 1)) / 2
    const wanted = members.reduce((sum, i) => sum + positions[i], 0) / members.length
    return Math.max(low + half, Math.min(wanted, high - half))
  }
  const groups = []
  for (const index of [...positions.keys()].sort((a, b) => positions[a] - positions[b])) {
    let members = [index]
    let centre = middle(members)
    while (groups.length) {
      const below = groups[groups.length - 1]
      const room = below.centre + (apart * (below.members.length + 1)) / 2
      if (centre - (apart * (members.length - 1)) / 2 >= room) break
      members = groups.pop().members.concat(members)
      centre = middle(members)
    }
    groups.push({ centre, members })
  }
  const placed = positions.map(() => 0)
  for (const { centre, members } of groups) {
    members.forEach((index, rank) => (placed[index] = centre + apart * (rank - (members.length - 1) / 2)))
  }
  return placed
}

// What is known of one run: the points it goes on from, and those that came. Where the last of the former lies between
// two points of the finished curve, it is part of the next one
function runOf({ place, before, training }, runs, x) {
  const { seen, loss, last } = runs[place] ?? { seen: [], loss: [], last: [] }
  const number = value => value ?? NaN
  const mean = loss.map(number)
  const joined = before.between && seen.length > 0
  const kept = before.seen.length - (joined ? 1 : 0)
  if (joined) {
    const [begin, end] = [before.seen[kept - 1] ?? 0, before.seen[kept]]
    mean[0] = ((end - begin) * number(before.mean[kept]) + (seen[0] - end) * mean[0]) / (seen[0] - begin)
  }
  return {
    seen: before.seen.slice(0, kept).concat(seen),
    x: before.x.slice(0, kept).concat(x === "updates" ? seen.map(at => updatesAfter(at, training)) : seen),
    mean: before.mean.slice(0, kept).map(number).concat(mean),
    raw: before.loss.slice(0, kept).concat(last).map(number),
  }
}

// A label's traces by their part, { x, y } each, and its line whole. line: label, runs (each a place in the job with
// what it goes on from), where they end, and how many points they have then; axis: x, log_x, window, dots
function grown(line, runs, { x, log_x, window, dots }) {
  const known = line.runs.map(run => runOf(run, runs, x)).filter(run => run.seen.length)
  for (const run of known) run.smooth = trailingMean(run.seen, run.mean, window)
  const { places, low, median, high } = band(known)
  const along = new Map(known.flatMap(run => run.seen.map((at, i) => [at, run.x[i]])))
  const xs = places.map(at => along.get(at))
  const indices = downsampled(xs, median, log_x, line)
  const pick = values => indices.map(i => values[i])
  const edges = known.length > 1 ? indices : []
  const single = known.length === 1 ? known[0] : { x: [], raw: [] }
  const dotted = [...single.x.keys()].filter(i => Number.isFinite(single.raw[i]))
  const [dotsX, dotsY] = [dotted.map(i => single.x[i]), dotted.map(i => single.raw[i])]
  const shown = downsampled(dotsX, dotsY, log_x, line, dots)
  const most = Math.min(Math.max(50, Math.floor((4 * MAX_POINTS) / Math.max(known.length, 1))), MAX_POINTS)
  const thinly = known.flatMap(run => {
    const own = downsampled(run.x, run.smooth, log_x, line, most)
    return [...own.map(i => [run.x[i], run.smooth[i]]), [null, null]]
  })
  return {
    whole: { x: xs, median, low, high },
    parts: {
      line: { x: pick(xs), y: pick(median) },
      band: {
        x: edges.map(i => xs[i]).concat(edges.map(i => xs[i]).reverse()),
        y: edges.map(i => high[i]).concat(edges.map(i => low[i]).reverse()),
      },
      runs: { x: thinly.map(([at]) => at), y: thinly.map(([, value]) => value) },
      dots: { x: shown.map(i => dotsX[i]), y: shown.map(i => dotsY[i]) },
    },
  }
}

// Fills a base figure (its layout.meta.growing says what grows, see figures/loss_plot.py) with what is known by now.
// cache: lines by label, kept until a run of theirs has news
function grow(figure, lines, runs, narrow, cache = new Map()) {
  const { axis, labels, first_note, curtain } = figure.layout.meta.growing
  const { span, log_x, y_max, area, numbered } = axis
  const data = figure.data.map(trace => ({ ...trace }))
  const ends = labels.map(({ label, x, y }) => ({ label, x, y }))
  for (const line of lines) {
    const stamp = line.runs.map(({ place }) => runs[place]?.seen)
    let cached = cache.get(line.label)
    if (!cached || cached.stamp.some((seen, i) => seen !== stamp[i])) {
      cached = { stamp, ...grown(line, runs, axis) }
      cache.set(line.label, cached)
    }
    for (const trace of data) {
      if (trace.meta?.label === line.label && cached.parts[trace.meta.part]) Object.assign(trace, cached.parts[trace.meta.part])
    }
    const { x, median } = cached.whole
    const end = ends.find(({ label }) => label === line.label)
    if (end && x.length) Object.assign(end, { x: x[x.length - 1], y: median[x.length - 1] })
  }
  for (const trace of data) {
    // a line without any point would have no name in the legend of a narrow screen
    if (trace.meta?.part === "line" && !(trace.x?.bdata ?? trace.x)?.length) Object.assign(trace, { x: [null], y: [null] })
  }
  const known = ends.filter(({ x }) => x !== null)
  const total = Math.max(1, ...known.map(({ x }) => x))
  const scaled = value => (log_x ? Math.log(Math.max(value, 1e-9)) : value)
  const [low, high] = span.map(scaled)
  const share = Math.max(0, Math.min(1, (scaled(Math.max(total, span[0])) - low) / (high - low)))
  const scale = area / y_max
  const placed = spread(known.map(({ y }) => Math.min(y, y_max) * scale), APART, 8, area - 8)
  const annotations = figure.layout.annotations.map(note => ({ ...note }))
  labels.forEach(({ short }, number) => {
    const place = known.indexOf(ends[number])
    if (place < 0) return
    const value = known[place].y.toFixed(3)
    const name = numbered ? `<b>${value}</b>` : ""
    const text = narrow ? name : numbered ? `<b>${short} ${value}</b>` : `<b>${short}</b>`
    Object.assign(annotations[first_note + number], { x: share, y: placed[place] / scale, text, name })
  })
  const shapes = figure.layout.shapes?.map(shape => ({ ...shape })) ?? []
  if (curtain.length) {
    const [cover, cursor] = curtain
    Object.assign(shapes[cover], { x0: share })
    Object.assign(shapes[cursor], { x0: share, x1: share, opacity: share >= 1 ? 0 : 1 })
  }
  return { ...figure, data, layout: { ...figure.layout, annotations, shapes } }
}
