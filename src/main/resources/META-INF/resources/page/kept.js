// What is kept of one trigger for days, in minutes or coarser steps, to be plotted like what is remembered. Unknown is null: a gap, never 0.

import {get, pathOf} from './api.js';
import {Course} from './track.js';
import {bounds, count, number} from './words.js';

/** The scaler puts minutes together until there are no more: of each step the lowest, the mean and the highest stay. */
const STEPS = 600;

/** Of the decisions of a step; more of them give it their state. */
const HALF = 0.5;

const mean = (range) => range?.mean ?? null;

function stateOf(step) {
  const {decisions, unknown, holds} = step;
  const of = (...reasons) => reasons.reduce((sum, reason) => sum + (holds[reason] ?? 0), 0) / decisions;
  const all = Object.values(holds).reduce((sum, number) => sum + number, 0) / decisions;
  const allowed = of('stabilization', 'window_not_full', 'step_taken_back');
  const waiting = of('requests_waiting', 'requests_refused');
  return decisions === 0 || unknown / decisions >= HALF ? 'unknown'
    : all - allowed - waiting >= HALF ? 'holding'
    : waiting >= HALF ? 'keeping'
    : step.maxReplicas !== null && step.hpaDesiredReplicas !== null && step.hpaDesiredReplicas.mean >= step.maxReplicas + HALF ? 'at_maximum'
    : allowed >= HALF ? 'waiting' : 'normal';
}

function summaryOf(step, stepSeconds) {
  const {demand, decisions, unknown} = step;
  const carried = demand === null ? 'the demand is not known' : `demand ${number(demand.lowest, 2)} to ${number(demand.highest, 2)}, ${number(demand.mean, 2)} on average`;
  const lost = unknown === 0 ? '' : `; ${count(unknown, 'decision')} of ${decisions} unknown`;
  return `${stepSeconds / 60} min: ${carried}${lost}${step.maxReplicas === null ? '' : `; ${bounds(step)}`}`;
}

export class Kept extends Course {
  isKept = true;
  from;
  to;

  /** between: {from, to} in seconds; a point holds for stepSeconds. */
  constructor(between, steps, stepSeconds, decision, shadow) {
    super(1.5 * stepSeconds);
    Object.assign(this, between);
    const shadows = new Map(shadow.map((step) => [step.at, mean(step.hpaDesiredReplicas)]));
    this.hasShadow = shadow.length > 0;
    this.points = steps.map((step) => ({
      at: step.at,
      t: Date.parse(step.at) / 1000,
      state: stateOf(step),
      shadow: shadows.get(step.at) ?? null,
      step,
      view: {...decision, ...step, replicasWanted: mean(step.replicasWanted), summary: summaryOf(step, stepSeconds)},
    }));
  }

  /** Minutes of the last so many seconds, or of a span {from, to}; decision: the present one, for what the signal is called. */
  static async load(which, decision, {span, from, to}, now) {
    const end = to ?? now / 1000;
    const beginning = from ?? end - span;
    const query = new URLSearchParams({from: new Date(beginning * 1000).toISOString(), to: new Date(end * 1000).toISOString(), steps: STEPS});
    const all = await get(`${pathOf(which.namespace, which.name)}/history?${query}`);
    const of = (shadow) => all.find((one) => one.shadow === shadow && one.triggerName === decision.triggerName);
    const since = Date.parse(of(false)?.since ?? '') / 1000;
    const first = Number.isNaN(since) ? beginning : Math.max(beginning, since);
    return new Kept({from: Math.min(first, end - 60), to: end}, of(false)?.steps ?? [], of(false)?.stepSeconds ?? 60, decision, of(true)?.steps ?? []);
  }
}

/** {trouble}; null: nothing is kept. */
export async function keeping() {
  return (await get('api/status')).history;
}

const ready = ({step}) => mean(step.replicasReady);

/** Beside the target: of several pods the busiest is kept, and what all of them carry. */
export const PER_POD = [
  {key: 'highest', label: 'busiest', of: ({step}) => step.busiestPod, width: 1.2},
  {key: 'median', label: 'mean', of: (point) => (point.step.demand === null || !ready(point) ? null : point.step.demand.mean / ready(point)), width: 2},
];

export const FLEET = [
  {key: 'highest', label: 'highest', of: ({step}) => step.demand?.highest ?? null, width: 0.7, band: true},
  {key: 'lowest', label: 'lowest', of: ({step}) => step.demand?.lowest ?? null, width: 0.7},
  {key: 'smoothed', label: 'demand', of: ({step}) => mean(step.demand), width: 1.5},
];

export const REPLICAS = [
  {key: 'present', label: 'present', of: ({step}) => mean(step.replicasPresent), width: 4, stepped: true},
  {key: 'wanted', label: 'wanted', of: ({step}) => mean(step.replicasWanted), width: 1.5, stepped: true},
  {key: 'reported', label: 'ready', of: ready, width: 1.5, dash: [3, 3], stepped: true},
  {key: 'hpa', label: 'HPA asked for', of: ({step}) => mean(step.hpaDesiredReplicas), width: 1.2, dash: [6, 4], stepped: true},
  {key: 'highest', label: 'most wanted', of: ({step}) => step.replicasWanted?.highest ?? null, width: 0.7, band: true, stepped: true},
  {key: 'lowest', label: 'fewest wanted', of: ({step}) => step.replicasWanted?.lowest ?? null, width: 0.7, stepped: true},
];
