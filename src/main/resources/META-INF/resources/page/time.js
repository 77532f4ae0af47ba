// Times of day in one zone for the whole page: the browser's, or UTC as logs, REST and addresses have it.

const KEY = 'zone';
const LOCAL = Intl.DateTimeFormat().resolvedOptions().timeZone || 'local time';
const DAY_MILLIS = 86400000;

let utc = read() === 'UTC';
const listeners = new Set();

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const formats = new Map();

function format(name, options) {
  const key = `${name} ${utc}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat('en-GB', {...options, ...(utc ? {timeZone: 'UTC'} : {})}));
  }
  return formats.get(key);
}

export const isUtc = () => utc;

/** The zone's name, such as Europe/Berlin. */
export const zone = () => (utc ? 'UTC' : LOCAL);

/** The other zone that there is a choice of. */
export const otherZone = () => (utc ? LOCAL : 'UTC');

export function toggleZone() {
  utc = !utc;
  try {
    localStorage.setItem(KEY, utc ? 'UTC' : 'local');
  } catch {
    // A browser that keeps nothing shows it for as long as the page is open
  }
  listeners.forEach((listener) => listener());
}

/** Returns what takes the listener away again. */
export function onZone(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The time of day; with its date where it is not within a day of now. */
export function clock(millis, now = null) {
  const time = format('time', {hour: '2-digit', minute: '2-digit', second: '2-digit'}).format(new Date(millis));
  return now === null || Math.abs(now - millis) < DAY_MILLIS ? time : `${time} on ${day(millis)}`;
}

/** The date. */
export const day = (millis) => format('day', {day: 'numeric', month: 'short', year: 'numeric'}).format(new Date(millis));
