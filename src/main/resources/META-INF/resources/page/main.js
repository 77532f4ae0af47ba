// Which view the address names, and whether what it shows is still true.

import {followAll, followOne} from './api.js';
import {DetailView} from './detail.js';
import {el, mark, say} from './dom.js';
import {ListView} from './list.js';
import {clock, onZone, otherZone, toggleZone, zone} from './time.js';
import {API_SERVERS, clusterText} from './words.js';

const STALE_MILLIS = 5000;

const main = document.getElementById('main');
const contact = document.getElementById('contact');
const cluster = document.getElementById('cluster');
const clockText = document.getElementById('clock');
const scaler = document.getElementById('scaler');
const apiServer = document.getElementById('api-server');
const zoneButton = document.getElementById('zone');
let live = null;
let view = null;
let shown = '';
let heardAt = Date.now();
let everHeard = false;
let trouble = '';
let latest = null;

/** #/NAMESPACE/NAME/TRIGGER?at=INSTANT; anything else is the list. */
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter((text) => text !== '').map(decode);
  return {parts, key: path, at: new URLSearchParams(query ?? '').get('at')};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function show() {
  const {parts, key, at} = route();
  const [namespace, name, trigger] = parts;
  if (view !== null && key === shown) {
    view.moment?.(at);
    return;
  }
  live?.close();
  view?.close?.();
  shown = key;
  latest = null;
  everHeard = false;
  heardAt = Date.now();
  const listener = {data: (data, now) => update(data, now), contact: heard};
  if (parts.length >= 2) {
    view = new DetailView(main, {namespace, name, trigger, at});
    live = followOne(namespace, name, listener);
  } else {
    view = new ListView(main);
    live = followAll(listener);
  }
  main.focus({preventScroll: true});
  window.scrollTo(0, 0);
  age();
}

function update(data, now) {
  everHeard = true;
  latest = {data, now};
  const missed = clusterText(data.apiServer, now);
  cluster.hidden = missed === '';
  say(cluster, missed);
  say(scaler, [data.scaler.version, data.scaler.replica].filter(Boolean).join(' · '));
  mark(scaler, 'title', 'Version and replica of the scaler. Each replica has its own memory.');
  say(apiServer, API_SERVERS[data.apiServer.state]);
  mark(apiServer, 'data-state', missed === '' ? (data.apiServer.state === 'watching' ? 'live' : 'waiting') : 'stale');
  view.update(data, now);
  age();
  say(clockText, `as of ${clock(now)}`);
}

function showZone() {
  say(zoneButton, `Times: ${zone()}`);
  mark(zoneButton, 'title', `Show ${otherZone()} instead`);
  if (latest !== null) {
    update(latest.data, latest.now);
  }
}

function heard(isThere, at, message = '') {
  heardAt = at;
  trouble = isThere ? '' : message;
  age();
}

/** Old data must not pass for the present: it is said, and the page fades. */
function age() {
  const silent = Date.now() - heardAt;
  const stale = silent > STALE_MILLIS;
  mark(contact, 'data-state', stale ? 'stale' : everHeard ? 'live' : 'waiting');
  mark(document.body, 'data-stale', stale ? 'true' : null);
  say(contact, stale
    ? `No contact with the scaler since ${clock(heardAt)}${everHeard ? ': the page shows old data' : ''}`
    : everHeard ? 'Live' : 'Asking the scaler…');
  mark(contact, 'title', trouble || null);
}

addEventListener('hashchange', show);
zoneButton.addEventListener('click', toggleZone);
onZone(showZone);
showZone();
setInterval(age, 1000);
main.append(el('p', {class: 'dim'}, 'Asking the scaler…'));
show();
