// Which view the address names, and whether what it shows is still true.

import {followAll, followOne} from './api.js';
import {DetailView} from './detail.js';
import {el, mark, say} from './dom.js';
import {ListView} from './list.js';
import {clock, clusterText} from './words.js';

const STALE_MILLIS = 5000;

const main = document.getElementById('main');
const contact = document.getElementById('contact');
const cluster = document.getElementById('cluster');
const clockText = document.getElementById('clock');
let live = null;
let view = null;
let shown = '';
let heardAt = Date.now();
let everHeard = false;
let trouble = '';
let missed = '';

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
  missed = clusterText(data.apiServer);
  cluster.hidden = missed === '';
  say(cluster, missed);
  view.update(data, now);
  age();
  say(clockText, `as of ${clock(now)}`);
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
  mark(contact, 'data-state', stale || (everHeard && missed !== '') ? 'stale' : everHeard ? 'live' : 'waiting');
  mark(document.body, 'data-stale', stale ? 'true' : null);
  say(contact, stale
    ? `No contact with the scaler since ${clock(heardAt)}${everHeard ? ': what is shown is old' : ''}`
    : !everHeard ? 'Asking the scaler…' : missed === '' ? 'Live' : 'No API server');
  mark(contact, 'title', trouble || null);
}

addEventListener('hashchange', show);
setInterval(age, 1000);
main.append(el('p', {class: 'dim'}, 'Asking the scaler…'));
show();
