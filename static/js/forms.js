// Forms: drafts every 2 s, one submit at a time, focus on the error summary.
import { toast, words } from './toasts.js';

const user = document.body.dataset.user || '';
const place = (form) => `anju.draft.${user}.${form.dataset.draft}`;
const halfDay = 12 * 3600 * 1000;
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode or full */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* private mode */ } },
  keys() { try { return Object.keys(localStorage).filter((k) => k.startsWith('anju.draft.')); } catch { return []; } },
};

// drafts ---------------------------------------------------------------------------------------
const kept = (element) => element.name && !['password', 'file', 'hidden', 'submit', 'button'].includes(element.type) && !element.closest('[data-no-draft]');
const read = (form) => [...form.elements].filter(kept).map((e) => [
  e.name, e.type === 'checkbox' || e.type === 'radio' ? e.value : null,
  e.type === 'checkbox' || e.type === 'radio' ? e.checked : e.multiple ? [...e.selectedOptions].map((o) => o.value) : e.value,
]);
function write(form, fields) {
  for (const [name, value, state] of fields) {
    const element = [...form.elements].find((e) => kept(e) && e.name === name && (value === null || e.value === value));
    if (!element) continue;
    if (value !== null) element.checked = state;
    else if (element.multiple) [...element.options].forEach((o) => { o.selected = state.includes(o.value); });
    else element.value = state;
  }
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const first = new WeakMap();

function start(form) {
  if (first.has(form)) return;
  first.set(form, read(form));
  const draft = store.get(place(form));
  if (!user || !draft) return;
  if (Date.now() - draft.at > halfDay) { store.drop(place(form)); return; }
  if (same(draft.fields, read(form)) || form.querySelector('[aria-invalid=true]')) return;
  const before = first.get(form);
  write(form, draft.fields);
  toast({ message: words.draft_restored, label: words.draft_discard, seconds: 10, undo: () => { write(form, before); store.drop(place(form)); } });
}
const save = (form) => {
  if (!user || form.dataset.busy || same(read(form), first.get(form))) return;
  store.set(place(form), { at: Date.now(), fields: read(form), sent: false });
};
const saveAll = () => document.querySelectorAll('form[data-draft]').forEach((form) => { if (first.has(form)) save(form); });
const startAll = () => document.querySelectorAll('form[data-draft]').forEach(start);

// a draft that was sent goes when the next page is neither the same form nor a login or error page
if (user && !('keepDrafts' in document.body.dataset)) {
  const here = new Set([...document.querySelectorAll('form[data-draft]')].map(place));
  store.keys().forEach((key) => {
    const draft = store.get(key);
    if (!draft || Date.now() - draft.at > halfDay || (draft.sent && !here.has(key))) store.drop(key);
  });
}
startAll();
setInterval(saveAll, 2000);
addEventListener('pagehide', saveAll);
document.addEventListener('htmx:load', startAll);
document.addEventListener('reset', (event) => { if (event.target.dataset.draft) store.drop(place(event.target)); });

// one submit at a time -------------------------------------------------------------------------
const free = (form) => {
  delete form.dataset.busy;
  form.querySelectorAll('[aria-busy=true]').forEach((button) => button.removeAttribute('aria-busy'));
};
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if ('logout' in form.dataset) store.keys().forEach(store.drop);
  if (form.dataset.draft && user) store.set(place(form), { at: Date.now(), fields: read(form), sent: true });
  const key = form.elements.namedItem('idempotency_key');
  if (key && !key.value) key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  form.dataset.busy = '1';
  event.submitter?.setAttribute('aria-busy', 'true');
  setTimeout(() => free(form), 15000);
}, true);
addEventListener('pageshow', () => document.querySelectorAll('form[data-busy]').forEach(free));
document.addEventListener('htmx:afterRequest', (event) => {
  const form = event.detail.elt;
  if (!(form instanceof HTMLFormElement)) return;
  free(form);
  if (event.detail.successful && event.detail.xhr.status < 400 && form.dataset.draft && form.method === 'post') { store.drop(place(form)); first.set(form, read(form)); }
});

// errors ---------------------------------------------------------------------------------------
const look = (from) => {
  const summary = from.querySelector('[data-focus]');
  if (!summary) return;
  summary.focus();
  if (words.error_prefix && !document.title.startsWith(words.error_prefix)) document.title = `${words.error_prefix} ${document.title}`;
};
look(document);
document.addEventListener('htmx:afterSwap', (event) => look(event.detail.target.parentElement || document));
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element && event.target.closest('.err-sum a[href^="#"]');
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) { event.preventDefault(); field.scrollIntoView({ block: 'center' }); field.focus(); }
});
