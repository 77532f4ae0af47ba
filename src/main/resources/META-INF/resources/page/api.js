// What the scaler says: by server-sent events, by asking again and again where those do not come through.

const POLL_MILLIS = 2000;
const EVENTS_AGAIN_MILLIS = 30000;
const QUIET_MILLIS = 5000;

const part = (text) => encodeURIComponent(text);

export const pathOf = (namespace, name) => `api/scaled-objects/${part(namespace)}/${part(name)}`;

/** JSON of a path beneath the page's own folder. Throws with the scaler's words where it refuses. */
export async function get(path) {
  return (await ask(path)).body;
}

/** The answer to a question of one ScaledObject. Throws as get does, with wrong: what is wrong with it, each {key, text}. */
export async function question(path, body, signal) {
  const response = await fetch(path, {
    method: 'POST',
    headers: {accept: 'application/json', 'content-type': 'application/json'},
    body: JSON.stringify(body),
    signal,
  });
  await refuse(response);
  return response.json();
}

async function refuse(response) {
  if (!response.ok) {
    const {error, wrong = []} = await response.json().catch(() => ({}));
    throw Object.assign(new Error(error ?? `the scaler answered ${response.status}`), {status: response.status, wrong});
  }
}

async function ask(path) {
  const response = await fetch(path, {headers: {accept: 'application/json'}, signal: AbortSignal.timeout(10000)});
  await refuse(response);
  const date = Date.parse(response.headers.get('date') ?? '');
  return {now: Number.isNaN(date) ? Date.now() : date, body: await response.json()};
}

/** {apiServer, scaler, scaledObjects}: all triggers, live. */
export function followAll(listener) {
  return new Live('api/events', async () => {
    const {now, body: {apiServer, scaler}} = await ask('api/status');
    const scaledObjects = isNeverReached(apiServer) ? [] : (await ask('api/scaled-objects')).body;
    return {now, data: {apiServer, scaler, scaledObjects}};
  }, listener);
}

/** {apiServer, scaler, explanations, refused}: one ScaledObject's triggers with all that went into their decisions, live. */
export function followOne(namespace, name, listener) {
  const path = pathOf(namespace, name);
  return new Live(`api/events/${part(namespace)}/${part(name)}`, async () => {
    const {now, body: {apiServer, scaler}} = await ask('api/status');
    const views = isNeverReached(apiServer) ? [] : (await ask(path)).body;
    const refused = views.filter((view) => view.decision === 'refused');
    const explanations = views.length > refused.length ? (await ask(`${path}/explain`)).body : [];
    return {now, data: {apiServer, scaler, explanations, refused}};
  }, listener);
}

export const isNeverReached = (apiServer) => apiServer.state === 'never_reached';

class Live {
  #events;
  #poll;
  #listener;
  #source = null;
  #heardAt = Date.now();
  #eventsDueAt = 0;
  #polling = false;
  #timer;

  /** listener: {data(data, now), contact(isThere, heardAt)}, both times in milliseconds: the scaler's and ours. */
  constructor(events, poll, listener) {
    this.#events = events;
    this.#poll = poll;
    this.#listener = listener;
    this.#timer = setInterval(() => this.#watch(), POLL_MILLIS);
    this.#open();
  }

  close() {
    clearInterval(this.#timer);
    this.#source?.close();
    this.#listener = {data() {}, contact() {}};
  }

  #open() {
    this.#eventsDueAt = Date.now() + EVENTS_AGAIN_MILLIS;
    this.#source?.close();
    this.#source = new EventSource(this.#events);
    this.#source.onmessage = (message) => {
      const event = JSON.parse(message.data);
      this.#heard(event, Date.parse(event.now));
    };
  }

  #heard(data, now) {
    this.#heardAt = Date.now();
    this.#listener.contact(true, this.#heardAt);
    this.#listener.data(data, now);
  }

  /** A stream that is open and silent is as good as none: some proxies keep what they should pass on. */
  async #watch() {
    const now = Date.now();
    if (now - this.#heardAt < QUIET_MILLIS && this.#source.readyState === EventSource.OPEN) {
      return;
    }
    if (this.#source.readyState === EventSource.CLOSED && now >= this.#eventsDueAt) {
      this.#open();
    }
    if (this.#polling) {
      return;
    }
    this.#polling = true;
    try {
      const {now: at, data} = await this.#poll();
      this.#heard(data, at);
    } catch (refused) {
      this.#listener.contact(Date.now() - this.#heardAt < QUIET_MILLIS, this.#heardAt, refused.message);
    } finally {
      this.#polling = false;
    }
  }
}
