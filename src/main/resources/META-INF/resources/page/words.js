// Numbers and states in words. What is unknown is said to be unknown: null is never shown as 0.

export const UNKNOWN = 'unknown';

/** A scaler decides every second; a decision older than this is not the present one any more (Snapshot.isCurrent). */
const CURRENT_SECONDS = 15;

/** Holds that are nothing to look after: the windows do what they are for. */
const CALM = new Set(['stabilization', 'window_not_full']);

const REASONS = {
  all_starting: 'all pods are starting',
  no_samples: 'no pod has a fresh sample',
  too_few_observations: 'too few observations',
  undecided: 'missing or starting pods could change it either way',
  stabilization: 'the stabilization windows hold it',
  window_not_full: 'the downscale window is not full yet',
  requests_waiting: 'requests wait, which KV usage does not show',
  requests_refused: 'requests are refused for want of capacity',
};

export const KINDS = {
  report: {label: 'Reports', sign: '●', order: 2},
  calm: {label: 'Steady', sign: '❙❙', order: 2},
  hold: {label: 'Held', sign: '▲', order: 1},
  unknown: {label: 'Unknown', sign: '?', order: 0},
  refused: {label: 'Refused', sign: '✕', order: 0},
};

/** Of a decision: report, calm (held by the windows), hold (held for want of data) or unknown; of a trigger that has none: refused. */
export function kindOf(view) {
  if (view.decision === 'refused') {
    return 'refused';
  }
  if (view.decision === 'hold') {
    return CALM.has(view.reason) ? 'calm' : 'hold';
  }
  return view.decision === 'report' ? 'report' : 'unknown';
}

/** What holds at a moment of the scaler's clock: what an old decision said is unknown by now. */
export function present(view, now) {
  const age = (now - Date.parse(view.at)) / 1000;
  return age <= CURRENT_SECONDS ? view : {
    ...view,
    decision: 'unknown',
    reason: null,
    explanation: `unknown: no decision for ${duration(age)}; the last one was: ${view.explanation}`,
    value: null,
    active: null,
    hpaDesiredReplicas: null,
    demand: null,
    smoothed: null,
    lowest: null,
    highest: null,
  };
}

export const reasonText = (view) =>
  view.decision === 'unknown' ? UNKNOWN : view.decision === 'hold' ? (REASONS[view.reason] ?? view.reason) : '';

/** As many decimals as the log has, fewer where they say nothing; unknown where there is no number. */
export function number(value, decimals = 3) {
  if (value === null || value === undefined) {
    return UNKNOWN;
  }
  const size = Math.abs(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(size >= 100 ? Math.min(1, decimals) : size >= 10 ? Math.min(2, decimals) : decimals);
}

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

const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});

/** The local time of day. */
export const clock = (millis) => CLOCK.format(new Date(millis));

const DAY = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric'});

/** What to say of a moment that cannot be shown; from: the oldest that can. */
export function notRemembered(at, from) {
  const millis = Date.parse(at);
  if (Number.isNaN(millis)) {
    return `“${at.slice(0, 40)}” is no moment. What is shown is now.`;
  }
  const since = from ? ` Decisions are remembered since ${clock(Date.parse(from))}.` : '';
  return `${clock(millis)} on ${DAY.format(new Date(millis))} is not remembered.${since} What is shown is now.`;
}

/** What is missing where the API server is; empty while all is well. */
export function clusterText(apiServer) {
  switch (apiServer.state) {
    case 'never_reached':
      return `It is not known which ScaledObjects there are. The API server was not reached since ${clock(Date.parse(apiServer.since))}: ${apiServer.reason}.`;
    case 'away':
      return `The API server is away since ${clock(Date.parse(apiServer.since))}: ${apiServer.reason}. ScaledObjects are shown as they were then.`;
    default:
      return '';
  }
}

export function replicas(view) {
  return view.replicasWanted === null
    ? `replicas ${UNKNOWN}`
    : view.replicasWanted === view.replicasPresent
      ? count(view.replicasWanted, 'replica')
      : `${view.replicasPresent} of ${count(view.replicasWanted, 'replica')}`;
}

const MOST_VALUES = 8;

/** It answers, and has too little to do for a value of its own. */
export const isQuiet = (pod) => pod.state === 'sampled' && pod.value === null;

/** The pods as they were seen: "3 pods at 0.92, 0.88, 0.95; 1 starting". */
export function saw({decision, arithmetic}) {
  if (arithmetic === null) {
    return 'It is not known which pods there are.';
  }
  const read = decision.pods.filter((pod) => pod.state === 'sampled' && pod.value !== null);
  const whole = read.every((pod) => Number.isInteger(pod.value));
  const values = read.slice(0, MOST_VALUES).map((pod) => (whole ? number(pod.value) : pod.value.toFixed(2)));
  const parts = [];
  if (read.length > 0) {
    const rest = read.length > MOST_VALUES ? `, … (mean ${number(arithmetic.mean, 2)})` : '';
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
    parts.push(`${arithmetic.countedAsMean} of the missing counted as the mean`);
  }
  const present = decision.pods.length;
  if (decision.replicasWanted > present) {
    parts.push(`${decision.replicasWanted - present} wanted and not there yet`);
  }
  if (arithmetic.stuck > 0) {
    parts.push(`${arithmetic.stuck} of the starting stuck`);
  }
  return parts.length === 0 ? 'No pod, and none wanted.' : `${parts.join('; ')}.`;
}

export function carries({decision, arithmetic}) {
  const each = `${number(decision.targetValue)} each`;
  if (decision.demand !== null) {
    return `Demand ${number(decision.demand)} of ${each}; smoothed ${number(decision.smoothed)},`
      + ` in the windows ${number(decision.lowest)} to ${number(decision.highest)}.`;
  }
  if (arithmetic === null || arithmetic.atLeast === null) {
    return `Demand is ${UNKNOWN}.`;
  }
  // With nothing missing the two are one: what those that start will take over of it is open
  return arithmetic.atLeast === arithmetic.atMost
    ? `Demand is ${UNKNOWN}: ${number(arithmetic.atLeast)} now, and what starting pods will take over of it, of ${each}.`
    : `Demand is ${UNKNOWN}: at least ${number(arithmetic.atLeast)}, at most ${number(arithmetic.atMost)}, of ${each}.`;
}

export function told({decision, answer}) {
  return decision.value === null
    ? `UNAVAILABLE: ${answer.unavailable ?? 'the last decision is too old'}. Whether the trigger is active is ${UNKNOWN}.`
    : `${number(decision.value)}, with a target of ${number(answer.targetValueMilli / 1000)}. The trigger is ${activity(decision)}.`;
}

export function hpa(view) {
  if (view.hpaDesiredReplicas !== null) {
    const change = view.hpaDesiredReplicas - view.replicasWanted;
    const what = change === 0 ? 'stays at' : change > 0 ? 'scales up to' : 'scales down to';
    return `Its formula ${what} ${count(view.hpaDesiredReplicas, 'replica')}, before its minimum, maximum, windows and rates.`;
  }
  return view.replicasWanted === 0
    ? `It is off at 0 replicas; KEDA wakes the scale target when it is active, which is ${activity(view)}.`
    : 'It gets no value, so it changes nothing; where the ScaledObject has a fallback, that counts.';
}

const activity = (view) => (view.active === null ? UNKNOWN : view.active ? 'active' : 'not active');
