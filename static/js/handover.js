// The inspection on a bad network: entries are kept on the phone under their key until the server
// has them. Sending again with the same key gives the same record, so nothing is written twice.
const queue = document.getElementById('queue');
const list = queue.querySelector('[data-queue-list]');
const mould = queue.querySelector('template');
const { user } = document.body.dataset;
const AGAIN = 15000;
const TIMEOUT = 20000;
const LOCK = 'anju.handover';
let sending = false;

// storage ----------------------------------------------------------------------------------------
const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open('anju.handover', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('entries', { keyPath: 'place', autoIncrement: true });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
async function store(mode, act) {
  const base = await opened;
  return new Promise((resolve, reject) => {
    const change = base.transaction('entries', mode);
    const asked = act(change.objectStore('entries'));
    change.oncomplete = () => resolve(asked.result);
    change.onerror = change.onabort = () => reject(change.error);
  });
}
const keep = (entry) => store('readwrite', (rows) => rows.put(entry));
const drop = (entry) => store('readwrite', (rows) => rows.delete(entry.place));
const waiting = async () => (await store('readonly', (rows) => rows.getAll())).filter((entry) => entry.user === user);

// what is shown ------------------------------------------------------------------------------------
async function show() {
  const entries = await waiting();
  list.replaceChildren(...entries.map((entry) => {
    const line = mould.content.cloneNode(true);
    line.querySelector('[data-what]').textContent = entry.label;
    line.querySelector('[data-why]').textContent = entry.why || queue.dataset.waiting;
    line.querySelector('[data-drop]').addEventListener('click', async () => { await drop(entry); await show(); });
    return line;
  }));
  queue.hidden = entries.length === 0;
}
async function renew() {
  const answer = await fetch(location.href, { headers: { 'HX-Request': 'true' } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.getElementById('found');
  if (fresh) document.getElementById('found').replaceWith(fresh);
}

// sending ------------------------------------------------------------------------------------------
const token = () => JSON.parse(document.body.getAttribute('hx-headers') || '{}')['x-csrftoken'] || '';
// true: the server has it; false: it waits for another try.
async function send(entry) {
  const body = new FormData();
  entry.fields.forEach(([name, value]) => body.append(name, value));
  const answer = await fetch(entry.url, {
    method: 'POST', body, headers: { Accept: 'application/json', 'x-csrftoken': token() }, signal: AbortSignal.timeout(TIMEOUT),
  });
  if (answer.status === 201) { await drop(entry); return true; }
  if (answer.redirected || answer.status === 401 || answer.status === 403) {
    await keep({ ...entry, why: queue.dataset.signedOut });
  } else if (answer.status < 500 && answer.status !== 429) {
    const told = await answer.json().catch(() => ({}));
    await keep({ ...entry, isRefused: true, why: [queue.dataset.refused, told.message].filter(Boolean).join(': ') });
  }
  return false;
}
async function sendAll(isAsked) {
  if (sending) return;
  sending = true;
  let sent = 0;
  try {
    for (const entry of await waiting()) {
      if (!entry.isRefused || isAsked) sent += Number(await send(entry));
    }
  } catch { /* no network: the entries stay */ } finally {
    sending = false;
    await show();
  }
  if (sent) await renew().catch(() => { /* no network: the list is renewed with the next page */ });
}
// One tab at a time, where the browser can tell.
const flush = (isAsked) => (navigator.locks ? navigator.locks.request(LOCK, () => sendAll(isAsked)) : sendAll(isAsked));

// entering -----------------------------------------------------------------------------------------
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const hidden = ['csrfmiddlewaretoken'];
function entryOf(form) {
  const fields = [...new FormData(form)].filter(([name, value]) => !hidden.includes(name) && !(value instanceof File && !value.size));
  const label = form.dataset.label || form.elements.namedItem(form.dataset.queue)?.value || '';
  return { url: new URL(form.action).pathname, user, label, fields };
}
function ready(form) {
  delete form.dataset.busy;
  form.querySelectorAll('[aria-busy=true]').forEach((button) => button.removeAttribute('aria-busy'));
  const key = form.elements.namedItem('idempotency_key');
  if (key) key.value = newKey();
}
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!('queue' in form.dataset)) return;
  if (!form.checkValidity()) { event.preventDefault(); ready(form); form.reportValidity(); return; }
  event.preventDefault();
  try {
    await keep(entryOf(form));
  } catch {
    form.submit(); // no storage on this phone: the form goes the usual way
    return;
  }
  ready(form);
  form.querySelectorAll('input[type=file], input[name=text]').forEach((field) => { field.value = ''; });
  await show();
  await flush(false);
});
queue.querySelector('[data-queue-send]').addEventListener('click', () => flush(true));
addEventListener('online', () => flush(false));
setInterval(() => flush(false), AGAIN);
show().then(() => flush(false)).catch(() => { /* no storage: forms go the usual way */ });
