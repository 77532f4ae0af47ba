// What is known of one trigger over time, as columns for plots. Unknown is null: a gap, never 0.

/** As many as half an hour of decisions and what is thinned out before it. */
const MOST_POINTS = 4000;

/** Between decisions that are further apart something is not remembered; a line across would be made up. */
const GAP_SECONDS = 90;

const SHADOW_STANDS_SECONDS = 60;

const seconds = (at) => Date.parse(at) / 1000;

/** Of the latest entry at or before a moment; -1 where there is none. */
function indexAt(entries, t) {
  let low = -1;
  let high = entries.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (entries[middle].t <= t) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

function pointOf(view) {
  return {
    at: view.at,
    t: seconds(view.at),
    state: view.state,
    view,
    pods: new Map(view.pods.filter((pod) => pod.state === 'sampled' && pod.value !== null).map((pod) => [pod.name, pod.value])),
  };
}

/** Points in order of time: what Plots draws. */
export class Course {
  points = [];
  #gapSeconds;

  /** Between points that are further apart nothing is known; a line across would be made up. */
  constructor(gapSeconds) {
    this.#gapSeconds = gapSeconds;
  }

  get last() {
    return this.points.at(-1);
  }

  /** The latest point at or before a moment; the first where there is none. */
  nearest(t) {
    return this.points[Math.max(0, indexAt(this.points, t))];
  }

  /** Times, and for each of the functions its values; nothing where there is a gap in time. */
  columns(functions) {
    const times = [];
    const columns = functions.map(() => []);
    let before = null;
    for (const point of this.points) {
      if (before !== null && point.t - before > this.#gapSeconds) {
        times.push(before + 1);
        columns.forEach((column) => column.push(null));
      }
      times.push(point.t);
      columns.forEach((column, i) => column.push(functions[i](point)));
      before = point.t;
    }
    return [times, ...columns];
  }

  /** Spans of one state each, without the normal ones: {from, to, state}. */
  spans() {
    const spans = [];
    for (const point of this.points) {
      const open = spans.at(-1);
      if (open) {
        open.to = Math.min(point.t, open.last + this.#gapSeconds);
      }
      if (open && open.state === point.state && point.t === open.to) {
        open.last = point.t;
      } else {
        spans.push({from: point.t, to: point.t, last: point.t, state: point.state});
      }
    }
    return spans.filter((span) => span.state !== 'normal');
  }
}

/** The remembered decisions, one a second. */
export class Track extends Course {
  #shadow = [];

  constructor() {
    super(GAP_SECONDS);
  }

  /** Adds those that are later than what is there. */
  add(views) {
    for (const view of views) {
      if (view.shadow) {
        if (this.#shadow.length === 0 || seconds(view.at) > this.#shadow.at(-1).t) {
          this.#shadow.push({t: seconds(view.at), hpa: view.hpaDesiredReplicas});
        }
      } else if (this.points.length === 0 || seconds(view.at) > this.last.t) {
        const {pods: _, ...light} = view;
        this.points.push({...pointOf(view), view: light});
      }
    }
    this.points.splice(0, this.points.length - MOST_POINTS);
    this.#shadow.splice(0, this.#shadow.length - MOST_POINTS);
  }

  get hasShadow() {
    return this.#shadow.length > 0;
  }

  /** Names of the pods that have values between two moments, in order; where there are too many, those with the latest values. */
  podsBetween(from, to, most) {
    const names = new Map();
    for (const point of this.points) {
      if (point.t >= from && point.t <= to) {
        for (const name of point.pods.keys()) {
          names.delete(name);
          names.set(name, true);
        }
      }
    }
    return [...names.keys()].slice(-most).sort();
  }

  /** What the HPA would end with by the shadow; null where the shadow had not decided. */
  shadowAt(t) {
    const shadow = this.#shadow[indexAt(this.#shadow, t)];
    return shadow && t - shadow.t < SHADOW_STANDS_SECONDS ? shadow.hpa : null;
  }
}

/** Of the pods' values of one point: {lowest, median, highest}; null where no pod has a value. */
export function spread(point) {
  if (point.spread === undefined) {
    const values = [...point.pods.values()].sort((one, other) => one - other);
    point.spread = values.length === 0 ? null : {lowest: values[0], median: median(values), highest: values.at(-1)};
  }
  return point.spread;
}

const median = (sorted) => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

/** Names of at most so many pods whose latest values lie far from the median of all: those that do not carry what the others do. */
export function outliers(point, target, most) {
  const middle = spread(point)?.median ?? 0;
  const distance = ([, value]) => Math.abs(value - middle);
  const distances = [...point.pods.values()].map((value) => Math.abs(value - middle)).sort((one, other) => one - other);
  const far = Math.max(0.2 * target, 3 * (distances.length > 0 ? median(distances) : 0));
  return [...point.pods].filter((pod) => distance(pod) > far)
    .sort((one, other) => distance(other) - distance(one))
    .slice(0, most)
    .map(([name]) => name);
}
