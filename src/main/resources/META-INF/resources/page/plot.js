// Three plots over the same time, by uPlot: what the pods carry, what the fleet carries, what becomes of it.

import uPlot from '../webjars/uplot/dist/uPlot.esm.js';
import {el, say} from './dom.js';
import {KINDS, number} from './words.js';

const MOST_PODS = 200;
const CLICK_PIXELS = 4;
const SYNC = uPlot.sync('time');

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** What a report means in the unit of the plot: per replica under average and max, else for all of them. */
const reportedTarget = ({view}) =>
  view.aggregationType === 'sum' && view.replicasWanted !== null ? view.targetValue * view.replicasWanted : view.aggregationType === 'sum' ? null : view.targetValue;

const FLEET = [
  {key: 'demand', label: 'demand', of: (point) => point.view.demand, width: 1},
  {key: 'smoothed', label: 'smoothed', of: (point) => point.view.smoothed, width: 2},
  {key: 'reported', label: 'told to KEDA', of: (point) => point.view.value, width: 1.5},
  {key: 'target', label: 'target × replicas', of: reportedTarget, width: 1.5, dash: [6, 4], stepped: true},
];

const REPLICAS = [
  {key: 'wanted', label: 'wanted', of: (point) => point.view.replicasWanted, width: 2, stepped: true},
  {key: 'present', label: 'present', of: (point) => point.view.replicasPresent, width: 1.5, dash: [2, 3], stepped: true},
  {key: 'hpa', label: 'HPA’s formula', of: (point) => point.view.hpaDesiredReplicas, width: 1.5, dash: [6, 4], stepped: true},
];

const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

const stepped = uPlot.paths.stepped({align: 1});

/** One of six, of its own for as long as it lives. */
const colourOf = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 997, 0) % 6;

export class Plots {
  #track;
  #range = null;
  #span = 600;
  #moment = null;
  #onMoment;
  #onRange;
  #charts = [];
  #spans = [];
  #hatch = null;
  #theme = matchMedia('(prefers-color-scheme: dark)');
  #rebuild = () => {
    this.#hatch = null;
    this.#charts.forEach((chart) => chart.clear());
    this.draw();
  };
  #resize = new ResizeObserver(() => this.#charts.forEach((chart) => chart.fit()));

  /** onMoment(at): someone points at a decision; onRange(): someone chose a span. */
  constructor(root, track, onMoment, onRange) {
    this.#track = track;
    this.#onMoment = onMoment;
    this.#onRange = onRange;
    this.#charts = [
      new Chart(this, 'What each pod carries', {height: 140, pods: true}),
      new Chart(this, 'What the fleet carries', {height: 210, withWords: true}),
      new Chart(this, 'Replicas', {height: 130, whole: true}),
    ];
    root.append(...this.#charts.map((chart) => chart.element));
    this.#theme.addEventListener('change', this.#rebuild);
    this.#resize.observe(root);
  }

  close() {
    this.#theme.removeEventListener('change', this.#rebuild);
    this.#resize.disconnect();
    this.#charts.forEach((chart) => chart.clear());
  }

  /** The visible span, in seconds. */
  get range() {
    const last = this.#track.last?.t ?? Date.now() / 1000;
    const first = this.#track.points[0]?.t ?? last - 60;
    return this.#range ?? {from: Math.min(Math.max(first, last - this.#span), last - 30), to: last};
  }

  get isLive() {
    return this.#range === null;
  }

  /** The latest so many seconds, and going on. */
  follow(span) {
    this.#span = span;
    this.#range = null;
    this.draw();
  }

  choose(from, to) {
    this.#range = {from, to};
    this.#onRange();
    this.draw();
  }

  point(t) {
    const point = this.#track.nearest(t);
    if (point) {
      this.#onMoment(point.at);
    }
  }

  /** The moment that is explained; null: the present one. */
  show(moment) {
    this.#moment = moment === null ? null : Date.parse(moment) / 1000;
    this.draw();
  }

  draw() {
    const track = this.#track;
    if (track.points.length === 0 || document.hidden) {
      return;
    }
    this.#spans = track.spans();
    const {from, to} = this.range;
    const names = track.podsBetween(from, to, MOST_PODS);
    const many = names.length > 12;
    const pods = names.map((name) => ({key: many ? 'pod' : `pod${colourOf(name)}`, name, of: (point) => point.pods.get(name) ?? null, width: many ? 0.7 : 1.3}));
    const target = {key: 'target', label: 'target', of: (point) => point.view.targetValue, width: 1.5, dash: [6, 4]};
    const shadow = track.hasShadow ? [{key: 'shadow', label: 'HPA by the shadow', of: (point) => track.shadowAt(point.t), width: 1.5, dash: [1, 3], stepped: true}] : [];
    const latest = track.last;
    const sum = latest.view.aggregationType === 'sum';
    const fleet = FLEET.map((line) => (line.key === 'target' && !sum ? {...line, label: 'target'} : line));
    this.#charts[0].draw([...pods, target], track);
    this.#charts[1].draw(fleet, track);
    this.#charts[2].draw([...REPLICAS, ...shadow], track);
  }

  /** Holds and the unknown, behind the lines. */
  shade(u, withWords) {
    const {ctx, bbox} = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const span of this.#spans) {
      const left = u.valToPos(span.from, 'x', true);
      const width = Math.max(1, u.valToPos(span.to, 'x', true) - left);
      if (left + width < bbox.left || left > bbox.left + bbox.width) {
        continue;
      }
      ctx.fillStyle = colour(`shade-${span.kind}`);
      ctx.fillRect(left, bbox.top, width, bbox.height);
      if (span.kind === 'unknown') {
        ctx.fillStyle = this.#hatching(ctx);
        ctx.fillRect(left, bbox.top, width, bbox.height);
      }
      if (withWords) {
        this.#words(u, span, left, width);
      }
    }
    ctx.restore();
  }

  #words({ctx, bbox}, span, left, width) {
    const from = Math.max(left, bbox.left) + 4 * devicePixelRatio;
    const room = Math.min(left + width, bbox.left + bbox.width) - from;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    if (ctx.measureText(span.reason).width <= room) {
      ctx.fillStyle = colour('dim');
      ctx.textAlign = 'left';
      ctx.textBaseline = 'top';
      ctx.fillText(span.reason, from, bbox.top + 3 * devicePixelRatio);
    }
  }

  #hatching(ctx) {
    if (this.#hatch === null) {
      const tile = el('canvas', {width: 8, height: 8});
      const pen = tile.getContext('2d');
      pen.strokeStyle = colour('kind-unknown');
      pen.globalAlpha = 0.5;
      pen.beginPath();
      pen.moveTo(0, 8);
      pen.lineTo(8, 0);
      pen.stroke();
      this.#hatch = ctx.createPattern(tile, 'repeat');
    }
    return this.#hatch;
  }

  /** A line at the moment that is explained. */
  pin(u) {
    if (this.#moment === null) {
      return;
    }
    const {ctx, bbox} = u;
    const x = Math.round(u.valToPos(this.#moment, 'x', true));
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      ctx.save();
      ctx.strokeStyle = colour('text');
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
    }
  }

  /** The legends tell the values under the cursor (null: it is elsewhere), else those of the moment that is explained, else the latest. */
  read(t) {
    const at = t ?? this.#moment;
    const point = at === null ? this.#track.last : this.#track.nearest(at);
    this.#charts.forEach((chart) => chart.read(point));
  }
}

class Chart {
  #plots;
  #height;
  #withWords;
  #whole;
  #ofPods;
  #u = null;
  #lines = [];
  #shape = '';
  #room = el('div', {class: 'plot'});
  #legend = el('ul', {class: 'legend'});
  #values = [];
  #state = el('span', {class: 'value'});

  /** withWords: holds with their reasons; whole: there are no halves; pods: lines without a label are pods. */
  constructor(plots, title, {height, withWords = false, whole = false, pods = false}) {
    this.#plots = plots;
    this.#height = height;
    this.#withWords = withWords;
    this.#whole = whole;
    this.#ofPods = pods;
    this.element = el('figure', {class: 'figure'}, el('figcaption', {}, el('span', {class: 'title'}, title), this.#legend), this.#room);
  }

  clear() {
    this.#u?.destroy();
    this.#u = null;
  }

  fit() {
    this.#u?.setSize({width: this.#room.clientWidth, height: this.#height});
  }

  draw(lines, track) {
    const shape = lines.map((line) => `${line.key} ${line.name ?? line.label}`).join('|');
    if (this.#u === null || shape !== this.#shape) {
      this.clear();
      this.#shape = shape;
      this.#lines = lines;
      this.#u = new uPlot(this.#options(), [[], ...lines.map(() => [])], this.#room);
      this.#u.over.addEventListener('mousedown', (down) => {
        const up = (event) => {
          if (Math.abs(event.clientX - down.clientX) < CLICK_PIXELS && this.#u !== null) {
            this.#plots.point(this.#u.posToVal(this.#u.cursor.left, 'x'));
          }
        };
        addEventListener('mouseup', up, {once: true});
      });
      this.#explain();
    }
    this.#lines = lines;
    const {from, to} = this.#plots.range;
    this.#u.batch(() => {
      this.#u.setData(track.columns(lines.map((line) => line.of)), false);
      this.#u.setScale('x', {min: from, max: to});
    });
    if (!(this.#u.cursor.left >= 0)) {
      this.#plots.read(null);
    }
  }

  #options() {
    const text = colour('dim');
    const grid = {stroke: colour('grid'), width: 1};
    const axis = {stroke: text, grid, ticks: grid, font: '11px system-ui, sans-serif'};
    return {
      width: Math.max(200, this.#room.clientWidth),
      height: this.#height,
      legend: {show: false},
      cursor: {sync: {key: SYNC.key}, drag: {x: true, y: false, setScale: false}, points: {size: 6}},
      scales: {x: {time: true}, y: {range: (u, least, most) => [0, most > 0 ? most * 1.15 : 1]}},
      axes: [
        {...axis, size: 28, space: 70, values: [[3600, '{HH}:{mm}', null, null, null, null, null, null, 1], [60, '{HH}:{mm}', null, null, null, null, null, null, 1], [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1]]},
        {...axis, size: 44, space: 30, incrs: this.#whole ? WHOLE : undefined, values: (u, ticks) => ticks.map((tick) => (Math.abs(tick) >= 1000 ? tick.toLocaleString('en') : String(tick)))},
      ],
      series: [{}, ...this.#lines.map((line) => ({
        label: line.name ?? line.label,
        stroke: colour(`line-${line.key}`),
        width: line.width,
        dash: line.dash,
        points: {show: false},
        paths: line.stepped ? stepped : undefined,
      }))],
      hooks: {
        drawClear: [(u) => this.#plots.shade(u, this.#withWords)],
        draw: [(u) => this.#plots.pin(u)],
        setCursor: [(u) => this.#plots.read(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, 'x') : null)],
        setSelect: [(u) => {
          const {left, width} = u.select;
          if (width >= CLICK_PIXELS) {
            this.#plots.choose(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'));
            u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
          }
        }],
      },
    };
  }

  #explain() {
    const named = this.#lines.filter((line) => line.label);
    const value = () => el('span', {class: 'value'});
    this.#values = named.map((line) => ({line, text: value()}));
    const items = this.#values.map(({line, text}) => el('li', {}, el('span', {class: `swatch line-${line.key}`, 'aria-hidden': 'true'}), `${line.label} `, text));
    if (this.#ofPods) {
      const text = value();
      this.#values.push({line: null, text});
      items.unshift(el('li', {}, el('span', {class: 'swatch line-pod0', 'aria-hidden': 'true'}), 'each pod ', text));
    }
    if (this.#withWords) {
      items.push(el('li', {class: 'state'}, this.#state));
    }
    this.#legend.replaceChildren(...items);
  }

  read(point) {
    say(this.#state, `${KINDS[point.kind].label}${point.kind === 'report' || point.kind === 'unknown' ? '' : `: ${point.reason}`}`);
    for (const {line, text} of this.#values) {
      say(text, line === null ? range([...point.pods.values()]) : number(line.of(point)));
    }
  }
}

function range(values) {
  if (values.length === 0) {
    return number(null);
  }
  const least = Math.min(...values);
  const most = Math.max(...values);
  return least === most ? number(least) : `${number(least)} to ${number(most)}`;
}
