// Numbers and states in words. What is unknown is said to be unknown: null is never shown as 0.

import {clock} from './time.js';

export const UNKNOWN = 'unknown';

/** A scaler decides every second; a decision older than this is not the present one any more (Snapshot.isCurrent). */
const CURRENT_SECONDS = 15;

/** The states as REST has them. What needs a look has the lowest order; the tone is a colour beside sign and word. */
export const STATES = {
  refused: {label: 'Refused', sign: '✕', tone: 'bad', order: 0},
  unknown: {label: 'Unknown', sign: '?', tone: 'bad', order: 1},
  holding: {label: 'Holding: data missing', sign: '▲', tone: 'warn', order: 2},
  at_maximum: {label: 'At maximum', sign: '▬', tone: 'warn', order: 3},
  keeping: {label: 'Keeping: requests wait', sign: '■', tone: 'warn', order: 3},
  scaling_up: {label: 'Scaling up', sign: '↑', tone: 'move', order: 4},
  scaling_down: {label: 'Scaling down', sign: '↓', tone: 'move', order: 4},
  waiting: {label: 'Waiting for the window', sign: '❙❙', tone: 'calm', order: 5},
  normal: {label: 'Normal', sign: '●', tone: 'good', order: 6},
};

/** What holds at a moment of the scaler's clock: what an old decision said is unknown by now. */
export function present(view, now) {
  const age = (now - Date.parse(view.at)) / 1000;
  return age <= CURRENT_SECONDS ? view : {
    ...view,
    isOld: true,
    state: 'unknown',
    stateSince: null,
    summary: `There has been no decision for ${duration(age)}. The last one was: ${view.summary}`,
    decision: 'unknown',
    reason: null,
    explanation: `unknown: no decision for ${duration(age)}; the last one was: ${view.explanation}`,
    value: null,
    active: null,
    hpaDesiredReplicas: null,
    replicasNeeded: null,
    replicasAfter: null,
    demand: null,
    loadShare: null,
    smoothed: null,
    lowest: null,
    highest: null,
  };
}

/** As many decimals as the log has, fewer where they say nothing; unknown where there is no number. */
export function number(value, decimals = 3) {
  if (value === null || value === undefined) {
    return UNKNOWN;
  }
  const size = Math.abs(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(size >= 100 ? Math.min(1, decimals) : size >= 10 ? Math.min(2, decimals) : decimals);
}

/** 1 is 100 %. */
export const percent = (share) =>
  (share === null || share === undefined ? UNKNOWN : `${(100 * share).toFixed(share !== 0 && Math.abs(share) < 0.1 ? 1 : 0)} %`);

/** What one pod carries, in the signal's unit. */
export function amount(value, unit) {
  if (value === null || value === undefined) {
    return UNKNOWN;
  }
  switch (unit) {
    case 'share':
      return percent(value);
    case 'seconds':
      return value !== 0 && Math.abs(value) < 1 ? `${number(1000 * value, 1)} ms` : `${number(value, 2)} s`;
    case 'per_second':
      return `${number(value, 2)} /s`;
    default:
      return number(value);
  }
}

export const UNITS = {share: 'in % of one replica', requests: 'requests', seconds: 'seconds', per_second: 'per second', none: ''};

export function count(value, one, many = `${one}s`) {
  return value === null || value === undefined ? `${many} ${UNKNOWN}` : `${value} ${value === 1 ? one : many}`;
}

export function duration(seconds) {
  if (seconds < 10) {
    return `${Math.max(0, seconds).toFixed(1)} s`;
  }
  if (seconds < 120) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds / 3600)} h`;
}

/** How long a state lasts; whole seconds, so that it is calm to look at. */
export function since(at, now) {
  if (!at) {
    return '';
  }
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  const length = seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
  return `for ${length}, since ${clock(Date.parse(at), now)}`;
}

/** What to say of a moment that cannot be shown; from: the oldest that can. */
export function notRemembered(at, from, now) {
  const millis = Date.parse(at);
  if (Number.isNaN(millis)) {
    return `“${at.slice(0, 40)}” is not a moment. The page shows the present.`;
  }
  const oldest = from ? ` Decisions are remembered since ${clock(Date.parse(from), now)}.` : '';
  return `${clock(millis, now)} is not remembered.${oldest} The page shows the present.`;
}

/** What is missing where the API server is; empty while all is well. */
export function clusterText(apiServer, now) {
  switch (apiServer.state) {
    case 'never_reached':
      return `It is not known which ScaledObjects there are. The API server was not reached since ${clock(Date.parse(apiServer.since), now)}: ${apiServer.reason}.`;
    case 'away':
      return `The API server is away since ${clock(Date.parse(apiServer.since), now)}: ${apiServer.reason}. ScaledObjects are shown as they were then.`;
    default:
      return '';
  }
}

/** The API server in the header. */
export const API_SERVERS = {
  watching: 'API server: connected',
  away: 'API server: away',
  never_reached: 'API server: not reached',
  not_used: 'Without API server',
};

/** How many replicas there are, and what becomes of them: "4 → 6". */
export function replicas(view) {
  if (view.replicasWanted === null) {
    return UNKNOWN;
  }
  const present = view.replicasWanted === view.replicasPresent ? `${view.replicasWanted}` : `${view.replicasPresent} of ${view.replicasWanted}`;
  return view.replicasAfter !== null && view.replicasAfter !== view.replicasWanted ? `${present} → ${view.replicasAfter}` : present;
}

/** KEDA is paused, as somebody wanted it: whatever is decided changes nothing. */
export const isPaused = (view) => view.warnings.some(({reason}) => reason === 'Paused');

/** "minimum 1, maximum 10"; empty where that is not known. */
export const bounds = (view) => (view.maxReplicas === null ? '' : `minimum ${view.minReplicas}, maximum ${view.maxReplicas}`);

const MOST_VALUES = 8;

/** It answers, and has too little to do for a value of its own. */
export const isQuiet = (pod) => pod.state === 'sampled' && pod.value === null;

/** The pods as they were seen: "3 pods at 92 %, 88 %, 95 %; 1 starting". */
export function saw({decision, arithmetic}) {
  if (arithmetic === null) {
    return 'It is not known which pods there are.';
  }
  const read = decision.pods.filter((pod) => pod.state === 'sampled' && pod.value !== null);
  const values = read.slice(0, MOST_VALUES).map((pod) => amount(pod.value, decision.signalUnit));
  const parts = [];
  if (read.length > 0) {
    const rest = read.length > MOST_VALUES ? `, … (mean ${amount(arithmetic.mean, decision.signalUnit)})` : '';
    parts.push(`${count(read.length, 'pod')} at ${values.join(', ')}${rest}`);
  }
  const quiet = decision.pods.filter(isQuiet).length;
  if (quiet > 0) {
    parts.push(`${count(quiet, 'pod')} ${quiet === 1 ? 'answers' : 'answer'} with too few observations for a value`);
  }
  for (const state of ['missing', 'starting']) {
    const many = decision.pods.filter((pod) => pod.state === state).length;
    if (many > 0) {
      parts.push(`${many} ${state}`);
    }
  }
  if (arithmetic.countedAsMean > 0) {
    parts.push(`${arithmetic.countedAsMean} of the missing pods counted as the mean`);
  }
  const there = decision.pods.length;
  if (decision.replicasWanted > there) {
    parts.push(`${decision.replicasWanted - there} wanted and not there yet`);
  }
  if (arithmetic.stuck > 0) {
    parts.push(`${arithmetic.stuck} of the starting pods stuck`);
  }
  return parts.length === 0 ? 'No pod, and none wanted.' : `${parts.join('; ')}.`;
}

export function carries({decision, arithmetic}) {
  const each = `the target of ${number(decision.targetValue)} each`;
  if (decision.demand !== null) {
    return `Demand ${number(decision.demand)} now, ${percent(decision.loadShare)} of ${each}. Smoothed ${number(decision.smoothed)};`
      + ` within the windows from ${number(decision.lowest)} to ${number(decision.highest)}.`;
  }
  if (decision.isOld || arithmetic === null || arithmetic.atLeast === null) {
    return `The demand is ${UNKNOWN}.`;
  }
  // With nothing missing the two are one: what those that start will take over of it is open
  return arithmetic.atLeast === arithmetic.atMost
    ? `The demand is ${number(arithmetic.atLeast)} now. How much of it the starting pods will take over is ${UNKNOWN}. Compared with ${each}.`
    : `The demand is at least ${number(arithmetic.atLeast)} and at most ${number(arithmetic.atMost)}, compared with ${each}.`;
}

export function told({decision, answer}) {
  return decision.value === null
    ? `UNAVAILABLE: ${answer.unavailable ?? 'the last decision is too old'}. Whether the trigger is active is ${UNKNOWN}.`
    : `${number(decision.value)}, with a target of ${number(answer.targetValueMilli / 1000)}. The trigger is ${activity(decision)}.`;
}

export function hpa(view) {
  if (isPaused(view)) {
    return 'KEDA is paused, and has deleted the HPA: nothing changes the replicas.';
  }
  if (view.hpaDesiredReplicas !== null) {
    const after = view.replicasAfter ?? view.hpaDesiredReplicas;
    const change = after - view.replicasWanted;
    const what = change === 0 ? 'Stays at' : change > 0 ? 'Scales up to' : 'Scales down to';
    const limit = after === view.hpaDesiredReplicas ? '' : ` Its formula asks for ${view.hpaDesiredReplicas}; the ${after < view.hpaDesiredReplicas ? 'maximum' : 'minimum'} is ${after}.`;
    return `${what} ${count(after, 'replica')}, unless its own windows and rates delay that.${limit}`;
  }
  return view.replicasWanted === 0
    ? `It is off at 0 replicas. KEDA wakes the scale target when the trigger is active; now it is ${activity(view)}.`
    : 'It gets no value, so it changes nothing. If the ScaledObject has a fallback, KEDA uses it.';
}

const activity = (view) => (view.active === null ? UNKNOWN : view.active ? 'active' : 'not active');
