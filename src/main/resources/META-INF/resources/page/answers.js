// What would have been, in words. Where the demand was not all seen, a number is a span: on what was seen, and on the most that it may have been.

import {count, duration, number, percent} from './words.js';

const NO_BREAK = '\u00a0';

/** Such as "targetValue 0.6 and minReplicaCount 2"; empty where nothing is changed. */
export function settingsText(settings) {
  const parts = Object.entries(settings).map(([key, value]) => `${key} ${value}`);
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** A share of the time: with so many decimals that little is not nothing. */
export function overload(share) {
  if (share === 0 || share >= .1) {
    return percent(share).replace(' ', NO_BREAK);
  }
  return share < .0001 ? `less than 0.01${NO_BREAK}%` : `${(100 * share).toFixed(share < .01 ? 2 : 1)}${NO_BREAK}%`;
}

export const hours = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en') : number(value, 1));

export const money = (value) => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2));

/** How long, in days from two days on. */
export const length = (seconds) => (seconds < 172800 ? duration(seconds) : `${number(seconds / 86400, 1)} days`);

/** A number on the demand that was seen, and on the most that it may have been. */
export function span(text, low, high, of) {
  const [one, other] = [text(of(low)), high ? text(of(high)) : null];
  return other === null || other === one ? one : `${one} to ${other}`;
}

const replicaHours = (outcome) => outcome.replicaHours;
const overloaded = (outcome) => outcome.overloadedTime;

/** One outcome beside that of the present settings, both by the model: {outcome, outcomeAtMost}. */
export function compared(settings, one, present) {
  const what = settingsText(settings);
  const hoursOf = ({outcome, outcomeAtMost}) => span(hours, outcome, outcomeAtMost, replicaHours);
  const overloadOf = ({outcome, outcomeAtMost}) => span(overload, outcome, outcomeAtMost, overloaded);
  if (what === '') {
    return `With the present settings: ${hoursOf(present)} replica-hours, ${overloadOf(present)} of the time overloaded.`;
  }
  const cost = one.outcome.costAMonth === null ? ''
    : `, ${span(money, one.outcome, one.outcomeAtMost, (outcome) => outcome.costAMonth)} a month instead of ${span(money, present.outcome, present.outcomeAtMost, (outcome) => outcome.costAMonth)}`;
  return `With ${what}: ${hoursOf(one)} replica-hours instead of ${hoursOf(present)}${cost}, ${overloadOf(one)} of the time overloaded instead of ${overloadOf(present)}.`;
}

/** What else differs. */
export function besides(one, present) {
  const longest = ({outcome}) => (outcome.longestOverloadSeconds === 0 ? 'none' : duration(outcome.longestOverloadSeconds));
  return `Longest overload: ${longest(one)} instead of ${longest(present)}. Changes of the replicas: ${one.outcome.scaleEvents} instead of ${present.outcome.scaleEvents}.`;
}

/** How far to trust it: the model of the present settings beside what was. */
export function trust(was, present, observedSeconds) {
  const off = was.replicaHours === 0 ? null : present.outcome.replicaHours / was.replicaHours - 1;
  const distance = off === null ? '' : ` The model of the present settings is ${Math.abs(off) < .005 ? 'less than 1 %' : percent(Math.abs(off))} off that in replica-hours`
    + ` (${hours(present.outcome.replicaHours)}), and says ${overload(present.outcome.overloadedTime)} overloaded.`;
  return `On ${length(observedSeconds)} of this traffic. Really there were ${hours(was.replicaHours)} replica-hours, and ${overload(was.overloadedTime)} of the time overloaded.${distance}`;
}

/** What full pods hide; empty where they hide nothing. */
export function saturation(share, isOpen) {
  if (share === 0) {
    return '';
  }
  const bracket = isOpen
    ? 'For some of that time nothing bounds the demand from above: it may have been more than what is said here.'
    : 'Where two numbers stand, the first is on the demand that was seen, the second on the most that it may have been.';
  return `The pods were full for ${overload(share)} of the time, so not all of the demand was seen. ${bracket}`;
}

/** What the same pods would have asked for under the other settings. */
export function openLoop({decisions, differing, present, other}) {
  const asked = ({mean, fewest, most}) => (mean === null ? 'no replicas' : `${number(mean, 2)} replicas (${fewest} to ${most})`);
  return differing === 0
    ? `On the fleet that there was, none of ${count(decisions, 'decision')} would have been another.`
    : `On the fleet that there was, ${differing.toLocaleString('en')} of ${decisions.toLocaleString('en')} decisions would have been others: ${asked(other)} on average instead of ${asked(present)}.`;
}
